using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 3: the scope widens, and what it adds lies behind the cursor. It is filled up from there, resumably, with
/// progress shown, while new changes keep flowing.
///
/// Guards, tried by taking them away but for a few: new terms begin a sweep (<c>OutgoingLedger.BeginAsync</c>), a page of
/// it that was acknowledged isn't read again (<c>SyncSource.Answered</c>), and it takes turns with the feed
/// (<c>SyncSource.ReadByTurnsAsync</c>).
/// </summary>
public sealed class Case03_ScopeWidens : FlowTests
{
    private const int Vacancies = 2500;

    [Fact]
    public async Task What_lies_behind_the_cursor_is_filled_up_while_new_changes_keep_flowing()
    {
        await WidenAsync(Vacancies);
        var (source, sink) = (City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
        var cursor = await sink.AppliedAsync(default);
        Store.RecordKey? late = null;
        var (pages, lateAt) = (0, 0);
        for (var isOver = false; !isOver; pages++)
        {
            var page = await source.ReadAsync(cursor, default);
            var ack = await sink.ApplyAsync(FlowPass.ToBatch(page), default);
            await source.ConfirmAsync(page, ack, default);
            (cursor, isOver) = (page.To, page.AtHead);
            lateAt = page.Changes.Any(change => change.Record.Id == late?.Id.ToString()) ? pages : lateAt;
            late ??= await City.PutAsync(People.Vacancy(Vacancies));
        }

        // The pages of the sweep and the feed take turns: the new one came before the last 1,000 old ones.
        Assert.InRange(lateAt, 1, pages - 2);
        Assert.NotNull(await Region.FindAsync(late!.Value));
        Assert.Equal(Vacancies + 1, (await Region.Store.GetStatusAsync(default)).Kinds["vacancy"].Live);
        await FlowPass.AssertSameAsync(source, sink);
    }

    [Fact]
    public async Task Progress_is_shown_until_it_is_over_and_a_cut_goes_on_where_it_was_acknowledged()
    {
        await WidenAsync(Vacancies);
        Assert.Equal((0ul, 0ul), await ProgressAsync());
        var (source, sink) = (City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
        var cursor = await sink.AppliedAsync(default);
        var page = await source.ReadAsync(cursor, default);
        await source.ConfirmAsync(page, await sink.ApplyAsync(FlowPass.ToBatch(page), default), default);

        Assert.Equal((1000ul, (ulong)Vacancies), await ProgressAsync());
        var rest = await PassBackAsync();

        Assert.Equal(Vacancies - 1000, rest.Changes().Count);
        Assert.Equal((0ul, 0ul), await ProgressAsync());
    }

    [Fact]
    public async Task What_is_held_as_it_would_be_sent_isnt_sent_again()
    {
        await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();

        Agreement = SampleAgreements.City(version: 2);

        Assert.Empty((await PassBackAsync()).Changes());
    }

    [Fact]
    public async Task A_consent_that_is_newly_given_brings_who_lies_behind_the_cursor()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents.Of());
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)), key.Id);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task Without_the_sweep_what_lies_behind_the_cursor_never_comes()
    {
        await WidenAsync(Vacancies);
        var collection = OutgoingState.Collection(Region.Id);
        var found = (await City.Store.GetEntriesAsync(collection, [OutgoingState.Key], default))[0]!.Value;
        var terms = new FlowTerms(
            FlowNode.Peer(City.Id, Agreement).Versions[0], City.Id, Region.Id, FlowNode.DigestKey, new(), new(2026, 3, 2));
        var blind = OutgoingState.Read(found.Span) with { Terms = terms.Digest };
        var write = new Store.EntryWrite(collection, OutgoingState.Key, blind.ToBytes());
        await City.Store.CommitAsync(new Store.Commit { Entries = [write] }, default);

        Assert.Empty((await PassBackAsync()).Changes());
    }

    private async Task<(ulong Swept, ulong Total)> ProgressAsync()
    {
        var status = await City.Flows(Agreement).StatusAsync(Region.Id, default);
        return (status.Swept, status.SweepTarget);
    }
}
