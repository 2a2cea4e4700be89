using Exchange.Standins.Tests.Wire;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class InterceptorTests
{
    [Fact]
    public async Task The_first_of_several_client_interceptors_sees_a_call_first()
    {
        await using var server = await ProbeServer.StartAsync();
        var order = new List<string>();
        var invoker = server.Channel.Intercept(new Noting("outer", order), new Noting("inner", order));

        await new Probe.ProbeClient(invoker).EchoAsync(new Text());

        Assert.Equal(["outer unary", "inner unary"], order);
    }

    [Fact]
    public async Task An_interceptor_sees_every_kind_of_call_that_a_client_makes()
    {
        await using var server = await ProbeServer.StartAsync();
        var seen = new List<string>();

        await MakeEveryKindAsync(new Probe.ProbeClient(server.Channel.Intercept(new Noting("client", seen))));

        Assert.Equal(["client unary", "client blocking", "client requests", "client responses", "client both"], seen);
    }

    [Fact]
    public async Task An_interceptor_that_overrides_nothing_passes_every_kind_of_call_on()
    {
        await using var server = await ProbeServer.StartAsync(grpc: grpc => grpc.Interceptors.Add<Passing>());

        await MakeEveryKindAsync(new Probe.ProbeClient(server.Channel.Intercept(new Passing())));
    }

    [Fact]
    public async Task An_interceptor_of_the_server_sees_every_kind_of_call()
    {
        await using var server = await ProbeServer.StartAsync(grpc: grpc => grpc.Interceptors.Add<ServerNoting>());

        await MakeEveryKindAsync(server.Client);

        Assert.Equal(["unary", "unary", "requests", "responses", "both"], server.Log.Intercepted);
    }

    [Fact]
    public async Task A_function_changes_the_headers_of_every_call()
    {
        await using var server = await ProbeServer.StartAsync();
        var invoker = server.Channel.CreateCallInvoker().Intercept(headers => [.. headers, new("added", "yes")]);

        var seen = await new Probe.ProbeClient(invoker).DescribeAsync(new Text());

        Assert.Contains("added: yes", seen.Headers);
    }

    [Fact]
    public async Task A_client_with_a_host_passes_it_to_its_interceptors()
    {
        await using var server = await ProbeServer.StartAsync();
        var seen = new List<string>();
        var client = new Probe.ProbeClient(server.Channel.Intercept(new Noting("client", seen)));

        await client.WithHost("node-b").EchoAsync(new Text());

        Assert.Equal(["client unary node-b"], seen);
    }

    private static async Task MakeEveryKindAsync(Probe.ProbeClient client)
    {
        var text = new Text { Value = "text" };
        Assert.Equal(text, await client.EchoAsync(text));
        Assert.Equal(text, client.Echo(text));

        using var join = client.Join();
        await join.RequestStream.WriteAsync(text);
        await join.RequestStream.CompleteAsync();
        Assert.Equal(text, await join);

        using var split = client.Split(text);
        Assert.Equal([text], await split.ResponseStream.ReadAllAsync().ToListAsync());

        using var chat = client.Chat();
        await chat.RequestStream.WriteAsync(text);
        await chat.RequestStream.CompleteAsync();
        Assert.Equal([text], await chat.ResponseStream.ReadAllAsync().ToListAsync());
    }
}
