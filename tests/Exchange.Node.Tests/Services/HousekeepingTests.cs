using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Services;

/// <summary>What is kept for 35 days, and what is kept because it is in use.</summary>
public sealed class HousekeepingTests : IAsyncLifetime
{
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(36);

    private readonly ManualTime _time = new();
    private FlowNode _node = null!;
    private RecordBatch _batch = null!;
    private Housekeeping _housekeeping = null!;

    public async Task InitializeAsync()
    {
        _node = await FlowNode.OpenAsync("dongguan", _time);
        _batch = new RecordBatch(_node.Store, _node.Streams, _time);
        _housekeeping = new Housekeeping(
            _node.Store,
            _node.Streams,
            new SyncPeers([]),
            new NoFlows(),
            _node.Outages,
            NullLogger<Housekeeping>.Instance,
            _time);
    }

    public async Task DisposeAsync()
    {
        _housekeeping.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_requests_answers_are_forgotten_after_35_days_and_its_id_can_be_used_again()
    {
        var first = new BatchPutRecordsRequest { RequestId = "r", Items = { Item(1, "甲"), Item(2, "乙") } };
        var second = new BatchPutRecordsRequest { RequestId = "r", Items = { Item(1, "丙") } };
        await _batch.PutAsync(first, default);
        _time.Advance(TimeSpan.FromDays(34));
        Assert.Equal(0, await _housekeeping.ForgetStreamsAsync(default));
        await Assert.ThrowsAsync<RequestIdReusedException>(() => _batch.PutAsync(second, default));

        _time.Advance(TimeSpan.FromDays(2));

        Assert.Equal(1, await _housekeeping.ForgetStreamsAsync(default));
        Assert.Equal(0, await CountAsync(PutScope.Answers));
        Assert.Equal(0, await CountAsync(PutScope.Streams));
        Assert.Null((await _batch.PutAsync(second, default)).Answers.Single().Error);
    }

    [Fact]
    public async Task A_stream_that_stays_open_keeps_its_answers_and_is_not_fenced()
    {
        var answers = new List<PutRecordAnswer>();
        var (scope, _) = await _node.Streams.OpenAsync(
            new OpenStream { Publisher = "dongguan-hr", Stream = "daily" }, default);
        await _node.Streams.RunAsync(ItemsAsync(), scope, Answer, default);

        Assert.All(answers, answer => Assert.Null(answer.Error));
        Assert.Equal(2, await CountAsync(PutScope.Answers));

        // What was open a moment ago isn't forgotten either, only what wasn't for 35 days.
        Assert.Equal(0, await _housekeeping.ForgetStreamsAsync(default));
        _time.Advance(TooLong);
        Assert.Equal(1, await _housekeeping.ForgetStreamsAsync(default));
        Assert.Equal(0, await CountAsync(PutScope.Answers));
        Assert.Equal(0, await CountAsync(PutScope.Used));

        async IAsyncEnumerable<PutRecordItem> ItemsAsync()
        {
            yield return Item(1, "甲");
            _time.Advance(TooLong);
            await _housekeeping.RenewStreamsAsync(default);
            Assert.Equal(0, await _housekeeping.ForgetStreamsAsync(default));
            yield return Item(2, "乙");
        }

        Task Answer(PutRecordAnswer answer)
        {
            answers.Add(answer);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task The_hourly_round_renews_open_streams_forgets_outages_and_goes_on_after_one_that_failed()
    {
        await _node.Outages.AnnounceAsync(null, _time.GetUtcNow().AddDays(1), "new disks", default);
        var (scope, _) = await _node.Streams.OpenAsync(
            new OpenStream { Publisher = "dongguan-hr", Stream = "daily" }, default);

        await _node.Streams.RunAsync(ItemsAsync(), scope, _ => Task.CompletedTask, default);

        await _housekeeping.StopAsync(default);
        Assert.Equal(2, await CountAsync(PutScope.Answers));

        async IAsyncEnumerable<PutRecordItem> ItemsAsync()
        {
            yield return Item(1, "甲");
            await UntilAsync(async () => await CountAsync(PutScope.Answers) == 1);
            _time.SetUtcNow(_time.GetUtcNow().AddDays(500));
            _node.Store.Next = Fault.BeforeCommit;
            await _housekeeping.StartAsync(default);
            await UntilAsync(() => Task.FromResult(_node.Store.Next == Fault.None));
            _time.Advance(TimeSpan.FromHours(1));
            await UntilAsync(async () => (await _node.Outages.AllAsync(default)).Count == 0);
            yield return Item(2, "乙");
        }
    }

    // For conditions, not for a time: only a round that never comes takes long.
    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
        }
    }

    private async Task<int> CountAsync(string collection) =>
        (await _node.Store.ReadEntriesAsync(collection, default, default, 1000, default)).Count;

    private static PutRecordItem Item(ulong number, string name) => new()
    {
        Number = number,
        Record = new Exchange.V1.Record
        {
            Kind = "employer",
            Payload = Any.Pack(new Employer { Name = name, Kind = EmployerKind.Enterprise }),
        },
    };

    private sealed class NoFlows : ISyncFlows
    {
        public ISyncSource Source(string peer) => throw new InvalidOperationException("There is no partner.");

        public ISyncSink Sink(string peer) => throw new InvalidOperationException("There is no partner.");
    }
}
