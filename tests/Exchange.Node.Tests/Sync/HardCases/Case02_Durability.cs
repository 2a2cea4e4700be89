using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Stores;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 2: what is acknowledged is on disk, together with the cursor that says so. The files are copied while the
/// node runs, as a kill at that moment would leave them.
///
/// Guards: the store answers after the transaction (<c>JobRunner.Run</c> completes its jobs last); the receiver's cursor
/// is an entry of the same commit as the records (<c>SyncSink.CommitAsync</c>), and without it the last test's end is
/// what happens. That the transaction's bytes were forced to the disk is held by
/// <c>Exchange.Store.Tests/Durability</c>, with the system calls counted.
/// </summary>
public sealed class Case02_Durability : RestoreTests
{
    [Fact]
    public async Task What_was_answered_is_in_the_files_at_that_moment()
    {
        for (var number = 1; number <= 20; number++)
        {
            var key = await City.PutAsync(People.Vacancy(number));

            await using var killed = await KilledAsync(City);

            Assert.NotNull(await killed.FindAsync(key));
        }
    }

    [Fact]
    public async Task An_acknowledged_batch_is_in_the_files_with_the_cursor_that_was_acknowledged()
    {
        for (var number = 1; number <= 5; number++)
        {
            var key = await City.PutAsync(People.Vacancy(number));
            var (source, sink) = Ports();
            var page = await source.ReadAsync(await CursorAsync(sink), default);
            var ack = await sink.ApplyAsync(FlowPass.ToBatch(page), default);

            await using var killed = await KilledAsync(Region);

            Assert.Equal(ack.Applied, await killed.Flows(Agreement).Sink(City.Id).AppliedAsync(default));
            Assert.NotNull(await killed.FindAsync(key));
            await source.ConfirmAsync(page, ack, default);
        }
    }

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task A_batch_whose_commit_fails_is_there_whole_with_its_cursor_or_not_at_all(Fault fault)
    {
        var key = await City.PutAsync(People.Vacancy(1));
        var (source, sink) = Ports();
        var before = await CursorAsync(sink);
        var page = await source.ReadAsync(before, default);
        Region.Store.Next = fault;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => sink.ApplyAsync(FlowPass.ToBatch(page), default));

        var isThere = fault == Fault.AfterCommit;
        Assert.Equal(isThere, await Region.FindAsync(key) is not null);
        Assert.Equal(isThere ? page.To : before, await CursorAsync(Ports().Sink));
    }

    [Fact]
    public async Task Without_the_cursor_in_the_commit_a_kill_would_leave_records_that_no_cursor_knows_of()
    {
        Region.Store.Forgets = "sync-in/";
        var key = await City.PutAsync(People.Vacancy(1));
        var (source, sink) = Ports();
        var page = await source.ReadAsync(await CursorAsync(sink), default);

        var ack = await sink.ApplyAsync(FlowPass.ToBatch(page), default);

        await using var killed = await KilledAsync(Region);
        Assert.NotNull(await killed.FindAsync(key));
        Assert.NotEqual(ack.Applied, await killed.Flows(Agreement).Sink(City.Id).AppliedAsync(default));
    }

    private (ISyncSource Source, ISyncSink Sink) Ports() =>
        (City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));

    private async Task<FeedCursor> CursorAsync(ISyncSink sink) =>
        FeedCursors.Within(City.Store.Epoch.ToString(), await sink.AppliedAsync(default));
}
