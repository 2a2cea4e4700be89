using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Google.Type;
using Grpc.Core;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 4 through real nodes: an agreement ended while the line was down.
///
/// Guards, each of which was taken away and missed: an agreement that is over lets sessions in as long as something is
/// to be taken back, and no longer (<c>HelloCheck.InForce</c>).
/// </summary>
public sealed class Case04_AgreementEnds : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Sessions_after_the_end_take_everything_back_and_then_no_more_are_let_in()
    {
        var worker = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        Assert.NotNull(await FindAsync(worker));

        await EndTodayAsync();
        _nodes.NextDay();
        var late = await _nodes.ReferWorkerAsync("998801199001010030");
        var done = await _nodes.SyncAsync();
        var status = Assert.Single((await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);

        Assert.Equal((2ul, 0ul, true), (done.SentCount, done.ReceivedCount, done.DigestsMatch));
        Assert.Null(await FindAsync(worker));
        Assert.Null(await FindAsync(late));
        Assert.Equal((true, 0ul, 0ul), (status.WindingUp, status.OpenRetractionCount, status.DisclosedCount));
        var over = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);
        Assert.Equal(StatusCode.FailedPrecondition, over.StatusCode);
        Assert.Contains("is valid", over.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_last_day_a_session_takes_everything_back()
    {
        var worker = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();

        await EndTodayAsync();
        var done = await _nodes.SyncAsync();

        Assert.Equal((2ul, true), (done.SentCount, done.DigestsMatch));
        Assert.Null(await FindAsync(worker));
    }

    /// <summary>Both sign that today is the last day.</summary>
    private async Task EndTodayAsync()
    {
        var end = new EndAgreementRequest
        {
            Id = "zhaotong-dongguan",
            LastDate = new Date { Year = 2026, Month = 3, Day = 2 },
        };
        var ending = (await _nodes.Region.Agreements.EndAgreementAsync(end)).Entry.Signed;
        await _nodes.AcceptAsync(_nodes.Region, (await _nodes.AcceptAsync(_nodes.Town, ending)).Signed);
    }

    private async Task<Record?> FindAsync(string worker)
    {
        var list = await _nodes.Town.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        return list.Records.FirstOrDefault(record => record.Id == worker);
    }
}
