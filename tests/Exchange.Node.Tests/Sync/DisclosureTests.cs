using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Stores;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// The register is durable before the bytes reach the wire, and nothing is lost wherever a pass is cut.
/// </summary>
public sealed class DisclosureTests : FlowTests
{
    private static readonly FeedCursor Nothing = new();

    [Fact]
    public async Task A_page_stands_in_the_register_when_it_is_returned()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        var source = City.Flows(Agreement).Source(Region.Id);

        var page = await source.ReadAsync(Nothing, default);

        var row = await RowAsync(City, Region.Id, key);
        var sent = Assert.Single(page.Changes).Record;
        Assert.Equal((sent.Version.Clock, 1u, false), (row!.Version.Clock, row.Revision, row.IsWithdrawn));
        Assert.Equal(("city:1", "zhaotong-dongguan", Time.GetUtcNow()), (row.Projection, row.Agreement, row.Time));
    }

    [Fact]
    public async Task A_payload_that_cant_be_unsealed_holds_up_no_other()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        var stored = (await City.Store.GetAsync(key, default))!;
        var damaged = new RecordPut { Key = key, Envelope = stored.Envelope, Payload = new byte[] { 9, 9, 9 } };
        await City.Store.CommitAsync(new Commit { Puts = [damaged] }, default);
        var whole = await City.PutAsync(People.Vacancy(2));

        var page = await City.Flows(Agreement).Source(Region.Id).ReadAsync(Nothing, default);

        Assert.Equal(whole.Id.ToString(), Assert.Single(page.Changes).Record.Id);
    }

    [Fact]
    public async Task Without_the_register_there_is_no_page()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        var source = City.Flows(Agreement).Source(Region.Id);
        City.Store.Next = Fault.BeforeCommit;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => source.ReadAsync(Nothing, default));

        Assert.Null(await RowAsync(City, Region.Id, key));
    }

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task A_commit_whose_answer_is_lost_is_made_up_for_by_the_next_read(Fault fault)
    {
        await City.PutAsync(People.Vacancy(1));
        var flows = City.Flows(Agreement);
        var source = flows.Source(Region.Id);
        City.Store.Next = fault;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => source.ReadAsync(Nothing, default));

        await FlowPass.RunAsync(City, source, Region.Flows(Agreement).Sink(City.Id));

        await FlowPass.AssertSameAsync(source, Region.Flows(Agreement).Sink(City.Id));
        Assert.Equal(1ul, (await source.DigestAsync(withBuckets: false, default)).Count);
    }

    [Fact]
    public async Task A_page_that_never_arrived_is_sent_again_with_the_same_revision()
    {
        await City.PutAsync(People.Vacancy(1));
        var lost = await City.Flows(Agreement).Source(Region.Id).ReadAsync(Nothing, default);

        var sent = Assert.Single((await PassBackAsync()).Changes());

        Assert.Equal(Assert.Single(lost.Changes).Record, sent.Record);
    }

    [Fact]
    public async Task A_reprojection_that_never_arrived_is_sent_again()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();
        await Region.ReferAsync(key, City.Id);
        var cursor = await City.Flows(Agreement).Sink(Region.Id).AppliedAsync(default);
        var lost = await Region.Flows(Agreement).Source(City.Id).ReadAsync(cursor, default);
        Assert.Equal((lost.From, 1), (lost.To, lost.Reprojections.Count));

        await PassAsync();

        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_reprojection_whose_confirmation_was_lost_is_sent_again_and_skipped()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();
        await Region.ReferAsync(key, City.Id);
        var sink = City.Flows(Agreement).Sink(Region.Id);
        var page = await Region.Flows(Agreement).Source(City.Id).ReadAsync(await sink.AppliedAsync(default), default);
        await sink.ApplyAsync(FlowPass.ToBatch(page), default);

        var batches = await PassAsync();

        Assert.Equal(page.Changes[0].Record, batches[0].Changes[0].Record);
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_batch_that_is_repeated_changes_nothing()
    {
        await City.PutAsync(People.Vacancy(1));
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var batch = Assert.Single(await PassBackAsync());
        var before = await sink.DigestAsync(withBuckets: true, default);

        var ack = await sink.ApplyAsync(batch, default);

        Assert.Equal((0u, 1u, batch.To), (ack.AppliedCount, ack.SkippedCount, ack.Applied));
        Assert.Equal(before, await sink.DigestAsync(withBuckets: true, default));
    }

    [Fact]
    public async Task An_older_batch_that_is_repeated_moves_no_cursor_back()
    {
        await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.PutAsync(People.Vacancy(2));
        var second = Assert.Single(await PassBackAsync());
        await City.PutAsync(People.Vacancy(3));
        var third = Assert.Single(await PassBackAsync());

        var ack = await Region.Flows(Agreement).Sink(City.Id).ApplyAsync(second, default);

        Assert.Equal(third.To, ack.Applied);
    }

    [Fact]
    public async Task Of_two_sessions_with_one_peer_only_one_goes_on()
    {
        await City.PutAsync(People.Vacancy(1));
        var older = City.Flows(Agreement).Source(Region.Id);
        var cursor = (await older.ReadAsync(Nothing, default)).To;
        await PassBackAsync();
        await City.PutAsync(People.Vacancy(2));

        await Assert.ThrowsAsync<EntryConflictException>(() => older.ReadAsync(cursor, default));
    }

    [Fact]
    public async Task Large_feeds_are_cut_into_pages_of_a_thousand_changes_and_a_megabyte()
    {
        for (var number = 0; number < 1100; number++)
        {
            var vacancy = People.Vacancy(number);
            vacancy.Description = number < 1000 ? "" : new string('字', 9_000);
            await City.PutAsync(vacancy);
        }

        var batches = await PassBackAsync();

        Assert.Equal(1100, batches.Changes().Count);
        Assert.Equal(1000, batches[0].Changes.Count);
        Assert.All(batches, batch => Assert.InRange(batch.CalculateSize(), 0, (1 << 20) + 30_000));
        Assert.InRange(batches.Count, 4, 5);
    }

    [Fact]
    public async Task A_source_with_nothing_to_send_writes_nothing()
    {
        for (var number = 0; number < 10; number++)
        {
            await Region.PutAsync(People.Worker(number), FlowNode.Duty);
        }

        Region.Store.Next = Fault.BeforeCommit;
        var page = await Region.Flows(Agreement).Source(City.Id).ReadAsync(Nothing, default);

        Assert.True(page.AtHead);
        Assert.Empty(page.Changes);
        Assert.Equal(Fault.BeforeCommit, Region.Store.Next);
    }

    private static async Task<DisclosureRow?> RowAsync(FlowNode node, string peer, RecordKey key)
    {
        ReadOnlyMemory<byte>[] keys = [RecordKeyBytes.Of(key)];
        return (await DisclosureRegister.FindAsync(node.Store, peer, keys, default))[0];
    }
}
