using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using Exchange.Node.Access;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Attacks;

/// <summary>
/// Clients that keep no rule of HTTP/2: what they make a node hold is bounded, and others are served meanwhile. Memory is
/// that of the whole process, so nothing else runs.
/// </summary>
[Collection(AttackTests.Alone)]
public sealed class HostileClientTests : IAsyncLifetime
{
    private const string GetNode = "/exchange.v1.NodeService/GetNode";
    private const int Megabyte = 1 << 20;

    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        _node = await _node.RestartAsync(data => File.WriteAllText(
            data.ConfigFile,
            File.ReadAllText(data.ConfigFile).Replace(
                "\"Store\": {",
                "\"Access\": { \"OpenCalls\": 4, \"OpenStreams\": 3, \"ConnectionsPerAddress\": 6 },\n\"Store\": {",
                StringComparison.Ordinal)));
        await IsServedAsync();
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Streams_that_are_opened_and_reset_by_the_thousand_end_the_connection()
    {
        await using var raw = await RawHttp2.ConnectAsync(_node);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var call = RawHttp2.Call(GetNode, _node.RunToken);
        var cancel = new byte[] { 0, 0, 0, 8 };

        var sent = 0;
        for (var going = true; going && sent < 50_000; sent += 100)
        {
            var frames = Enumerable.Range(sent, 100).Select(i => (i * 2) + 1).SelectMany(stream => new[]
            {
                RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, stream, call),
                RawHttp2.Frame(RawHttp2.Reset, 0, stream, cancel),
            });
            going = await raw.SendAsync([.. frames.SelectMany(frame => frame)]);
            if (sent % 10_000 == 0)
            {
                await IsServedAsync();
            }
        }

        await raw.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(raw.GoAwayError is null or 0xb, $"The connection ended with {raw.GoAwayError}."); // ENHANCE_YOUR_CALM
        await IsServedAsync();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 48 * Megabyte);
    }

    [Fact]
    public async Task Headers_without_an_end_close_the_connection()
    {
        await using var raw = await RawHttp2.ConnectAsync(_node);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var more = RawHttp2.Frame(RawHttp2.Continuation, 0, 1, RawHttp2.Call(GetNode, null, ("x", new string('y', 8_000)))[40..]);

        var going = await raw.SendAsync(RawHttp2.Frame(RawHttp2.Headers, 0, 1, RawHttp2.Call(GetNode, null)));
        for (var frames = 0; going && frames < 10_000; frames++)
        {
            going = await raw.SendAsync(more);
        }

        await raw.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        await IsServedAsync();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 * Megabyte);
    }

    [Fact]
    public async Task Metadata_that_is_too_large_is_refused_over_http_1()
    {
        using var http = _node.OpenHttp();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/status");
        request.Headers.Add("x", new string('y', 100_000));

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, response.StatusCode);
        await IsServedAsync();
    }

    [Fact]
    public async Task A_message_that_grows_when_it_is_decompressed_is_refused_before_it_has_grown()
    {
        var bomb = new MemoryStream();
        using (var gzip = new GZipStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            for (var written = 0; written < 1024; written++)
            {
                gzip.Write(new byte[Megabyte]);
            }
        }

        using var http = new HttpClient(_node.NewHandler());
        using var request = new AttackRequest(
            NodeServiceReflection.Descriptor.Services[0].FindMethodByName("GetNode"),
            AttackKind.BrokenFrame,
            [1, .. BitConverter.GetBytes(IPAddress.HostToNetworkOrder((int)bomb.Length)), .. bomb.ToArray()],
            [("grpc-encoding", "gzip"), ("authorization", $"Bearer {_node.RunToken}")]).ToHttp(_node.Address);
        var before = GC.GetTotalAllocatedBytes();

        using var response = await http.SendAsync(request);

        Assert.Equal("8", response.Headers.GetValues("grpc-status").Single());
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 64 * Megabyte);
    }

    [Fact]
    public async Task Strangers_open_only_so_many_streams_as_if_they_were_partners()
    {
        var calls = new List<AsyncDuplexStreamingCall<SyncRequest, SyncResponse>>();
        for (var i = 0; i < 4; i++)
        {
            calls.Add(new SyncService.SyncServiceClient(_node.Nobody).Sync());
        }

        // The others wait for what a stranger won't say.
        var first = await Task.WhenAny(calls.Select(call =>
            Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None))));

        var error = await first;
        Assert.Equal(("ERROR_REASON_RATE_LIMITED", "streams"), (error.Reason(), error.Info().Metadata["limit"]));
        calls.ForEach(call => call.Dispose());
    }

    [Fact]
    public async Task A_batch_of_more_items_than_a_batch_may_have_is_refused_whole()
    {
        var batch = new BatchPutRecordsRequest();
        batch.Items.AddRange(Enumerable.Range(0, 1001).Select(_ => new PutRecordItem()));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await _node.Records.BatchPutRecordsAsync(batch));

        Assert.Equal((StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID"), (error.StatusCode, error.Reason()));
        Assert.Contains("1000", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_reads_no_answer_has_only_so_many_calls_and_gets_none_back_before_it_reads()
    {
        await _node.PublishAsync([.. Enumerable.Range(1, 100).Select(i =>
            VacancySamples.Item((ulong)i, $"U-{i}", VacancySamples.Sample()))]);
        var token = (await _node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential { Name = "deaf", Roles = { Role.Reader } },
        })).Token;
        await using var raw = await RawHttp2.ConnectAsync(_node, window: 0);
        var call = RawHttp2.Call("/exchange.v1.VacancyService/ListVacancies", token);

        for (var i = 0; i < 20; i++)
        {
            await raw.SendAsync(
            [
                .. RawHttp2.Frame(RawHttp2.Headers, RawHttp2.EndHeaders, (i * 2) + 1, call),
                .. RawHttp2.Frame(RawHttp2.Data, RawHttp2.EndStream, (i * 2) + 1, new byte[5]),
            ]);
        }

        // Four are answered and not read, four wait for their turn, and the others are told to come again.
        await UntilAsync(() => raw.Ended == 12 && raw.Received(RawHttp2.Headers) == 16);
        await IsServedAsync();
        Assert.Equal((12, 16), (raw.Ended, raw.Received(RawHttp2.Headers)));

        // A connection window of 64 KiB is all that one that reads again is sent at once, so that some calls are over.
        await raw.SendAsync([.. Enumerable.Range(0, 20).SelectMany(i => RawHttp2.Widen((i * 2) + 1, 1 << 20))]);
        await raw.SendAsync(RawHttp2.Widen(0, 1 << 30));
        await UntilAsync(() => raw.Ended == 20);
    }

    [Fact]
    public async Task One_address_has_only_so_many_connections_and_gets_one_back_for_each_that_ends()
    {
        var open = new List<RawHttp2>();
        while (open.Count < 10 && await TryConnectAsync() is { } raw)
        {
            open.Add(raw);
        }

        Assert.Equal(5, open.Count); // The sixth is that of the tests.
        await open[0].DisposeAsync();
        open.RemoveAt(0);
        RawHttp2? again = null;
        for (var patience = 0; again is null && patience < 1_000; patience++)
        {
            again = await TryConnectAsync();
        }

        Assert.NotNull(again);
        await IsServedAsync();
        foreach (var raw in open.Append(again))
        {
            await raw.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void Addresses_of_one_network_count_together(string address, string network) =>
        Assert.Equal(IPAddress.Parse(network), ConnectionLimit.NetworkOf(IPAddress.Parse(address)));

    private async Task<RawHttp2?> TryConnectAsync()
    {
        try
        {
            return await RawHttp2.ConnectAsync(_node);
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return null;
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        for (var patience = 0; !isSo() && patience < 3_000; patience++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        Assert.True(isSo(), "It never came to that.");
    }

    private async Task IsServedAsync() =>
        Assert.Equal("dongguan", (await _node.Node.GetNodeAsync(
            new GetNodeRequest(), deadline: (TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(20)).UtcDateTime)).Node.Id);
}
