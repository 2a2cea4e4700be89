using Exchange.Standins.Tests.Wire;
using Grpc.Core;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class CallTests
{
    [Fact]
    public async Task A_call_with_one_request_and_one_response()
    {
        await using var server = await ProbeServer.StartAsync();

        using var call = server.Client.EchoAsync(new Text { Value = "你好" });

        Assert.Equal("你好", (await call).Value);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
        Assert.Empty(call.GetTrailers());
    }

    [Fact]
    public async Task A_call_that_blocks()
    {
        await using var server = await ProbeServer.StartAsync();

        Assert.Equal("hello", server.Client.Echo(new Text { Value = "hello" }).Value);
    }

    [Fact]
    public async Task A_call_with_a_stream_of_requests()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Join();

        await call.RequestStream.WriteAsync(new Text { Value = "a" });
        await call.RequestStream.WriteAsync(new Text { Value = "b" });
        await call.RequestStream.CompleteAsync();

        Assert.Equal("ab", (await call).Value);
    }

    [Fact]
    public async Task A_call_with_a_stream_of_responses()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Split(new Text { Value = "one two three" });

        var words = new List<string>();
        await foreach (var word in call.ResponseStream.ReadAllAsync())
        {
            words.Add(word.Value);
        }

        Assert.Equal(["one", "two", "three"], words);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Fact]
    public async Task A_call_with_streams_in_both_directions_takes_turns()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.Chat();

        foreach (var turn in (string[])["one", "two"])
        {
            await call.RequestStream.WriteAsync(new Text { Value = turn });
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal(turn, call.ResponseStream.Current.Value);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(default));
    }

    [Fact]
    public async Task A_handler_knows_its_method_its_peer_and_the_headers()
    {
        await using var server = await ProbeServer.StartAsync();
        var headers = new Metadata { { "X-Worker", "w-17" } };

        var seen = await server.Client.DescribeAsync(new Text(), headers);

        Assert.Equal("/exchange.standins.tests.Probe/Describe", seen.Method);
        Assert.StartsWith("ipv4:127.0.0.1:", seen.Peer);
        Assert.Contains("x-worker: w-17", seen.Headers);
        Assert.False(seen.Authenticated);
        Assert.Equal(0, seen.Deadline);
    }

    [Fact]
    public async Task Headers_come_before_the_response_and_trailers_after_it()
    {
        await using var server = await ProbeServer.StartAsync();
        using var call = server.Client.NoteAsync(new Text());

        Assert.Equal("header", (await call.ResponseHeadersAsync).GetValue("early"));
        await call;

        Assert.Equal(["first", "second"], call.GetTrailers().GetAll("late").Select(entry => entry.Value));
        Assert.Equal(ProbeLog.Bytes, call.GetTrailers().GetValueBytes("late-bin"));
    }

    [Fact]
    public async Task Call_credentials_reach_the_server_as_headers()
    {
        await using var server = await ProbeServer.StartAsync(new() { UnsafeUseInsecureChannelCallCredentials = true });
        var both = CallCredentials.Compose(Header("first", "1"), Header("second", "2"));

        var seen = await server.Client.DescribeAsync(new Text(), new CallOptions(credentials: both));

        Assert.Contains("first: 1 for Describe", seen.Headers);
        Assert.Contains("second: 2 for Describe", seen.Headers);
    }

    private static CallCredentials Header(string key, string value) =>
        CallCredentials.FromInterceptor((context, metadata) =>
        {
            metadata.Add(key, $"{value} for {context.MethodName}");
            return Task.CompletedTask;
        });
}
