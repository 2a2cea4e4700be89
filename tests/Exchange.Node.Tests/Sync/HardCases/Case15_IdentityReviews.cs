using Exchange.Node.Errors;
using Exchange.Node.Reviews;
using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 15: what collides, and a number that can't be one, is flagged for a person, stays as the person settled it,
/// and opens again when the data changes. Nothing is merged or refused.
///
/// Guards: every record behind the cursor is looked at (<c>IdentityReviews.LookAtPageAsync</c>), also an own one once a
/// partner's number is known (<c>HasForeign</c>); a finding whose records changed loses its verdict.
/// </summary>
public sealed class Case15_IdentityReviews : FlowTests
{
    private static readonly Guid One = Guid.CreateVersion7();
    private static readonly Guid Two = Guid.CreateVersion7();

    private IdentityReviews Reviews => City.Reviews;

    [Fact]
    public async Task Two_records_of_partners_with_one_number_are_flagged()
    {
        await TakeAsync((One, People.Worker(1)), (Two, People.Worker(1)));

        var review = Assert.Single(await ListAsync());

        Assert.Equal((IdentityFinding.SameNumber, "worker"), (review.Finding, review.Kind));
        Assert.Equal(new[] { One, Two }.Order(), review.Records.Select(record => Guid.Parse(record.Id)).Order());
        Assert.All(review.Records, record => Assert.Equal(Region.Id, record.HomeNode));
        Assert.DoesNotContain(People.Worker(1).IdNumber, review.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_record_that_meets_a_partners_is_flagged_whoever_came_first()
    {
        var first = await City.PutAsync(People.Worker(1), FlowNode.Duty);
        Assert.Empty(await ListAsync());
        await TakeAsync((One, People.Worker(1)), (Two, People.Worker(2)));
        Assert.Contains(Assert.Single(await ListAsync()).Records, record => record.Id == first.Id.ToString());

        var second = await City.PutAsync(People.Worker(2), FlowNode.Duty);

        Assert.Equal(2, (await ListAsync()).Count);
        Assert.Contains(
            await ListAsync(), review => review.Records.Any(record => record.Id == second.Id.ToString()));
    }

    [Fact]
    public async Task A_number_that_fails_its_check_is_flagged_and_a_masked_one_isnt()
    {
        var masked = People.Worker(2);
        masked.IdNumber = "530***********1234";
        await TakeAsync((One, Mistyped(1)), (Two, masked));

        var review = Assert.Single(await ListAsync());

        Assert.Equal(IdentityFinding.InvalidNumber, review.Finding);
        Assert.Equal(One.ToString(), Assert.Single(review.Records).Id);
        var error = await Assert.ThrowsAsync<ExchangeException>(() => Reviews.SettleAsync(
            Guid.Parse(review.Id), IdentityVerdict.SamePerson, "", default));
        Assert.Equal("verdict", Assert.Single(error.Violations).Field);
        await Reviews.SettleAsync(Guid.Parse(review.Id), IdentityVerdict.Noted, "told them", default);
        Assert.Empty(await ListAsync());
    }

    [Fact]
    public async Task A_settled_finding_stays_settled_until_a_record_joins()
    {
        await TakeAsync((One, People.Worker(1)), (Two, People.Worker(1)));
        var id = Guid.Parse(Assert.Single(await ListAsync()).Id);
        await Reviews.SettleAsync(id, IdentityVerdict.DifferentPersons, "twins", default);

        var changed = People.Worker(1);
        changed.Phone = "13987654321";
        await TakeAsync((Two, changed));
        Assert.Empty(await ListAsync());
        Assert.Equal("twins", Assert.Single(await ListAsync(includeSettled: true)).Note);

        await City.PutAsync(People.Worker(1), FlowNode.Duty);

        var again = Assert.Single(await ListAsync());
        Assert.Equal((id.ToString(), IdentityVerdict.Unspecified), (again.Id, again.Verdict));
        Assert.Equal(3, again.Records.Count);
    }

    [Fact]
    public async Task A_finding_goes_when_the_number_is_mended_or_the_record_is_gone()
    {
        var own = await City.PutAsync(People.Worker(3), FlowNode.Duty);
        await TakeAsync((One, Mistyped(1)), (Two, People.Worker(3)));
        Assert.Equal(2, (await ListAsync()).Count);

        await TakeAsync((One, People.Worker(1)));
        await City.DeleteAsync(own);

        Assert.Empty(await ListAsync(includeSettled: true));
        Assert.Empty(await City.Store.ReadEntriesAsync("identity-review-records", default, default, 10, default));
    }

    [Fact]
    public async Task A_restart_looks_at_nothing_twice_in_vain_and_forgets_nothing()
    {
        await TakeAsync((One, People.Worker(1)), (Two, People.Worker(1)));
        var before = Assert.Single(await ListAsync());
        await Reviews.SettleAsync(Guid.Parse(before.Id), IdentityVerdict.SamePerson, "", default);

        City.Store.FeedPageSize = 1;
        var reads = City.Store.FeedReads;
        var restarted = City.NewReviews();
        await restarted.CatchUpAsync(default);
        Assert.Equal(1, City.Store.FeedReads - reads);

        Assert.Empty((await restarted.ReadAsync(false, 10, Guid.Empty, default)).Reviews);
        Assert.Single((await restarted.ReadAsync(true, 10, Guid.Empty, default)).Reviews);
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        await TakeAsync(
            [.. Enumerable.Range(1, 5).Select(number => (Guid.CreateVersion7(), Mistyped(number)))]);
        await Reviews.CatchUpAsync(default);

        var (first, next) = await Reviews.ReadAsync(false, 3, Guid.Empty, default);
        var (second, end) = await Reviews.ReadAsync(false, 3, next!.Value, default);

        Assert.Equal((3, 2), (first.Count, second.Count));
        Assert.Null(end);
        Assert.Equal(5, first.Concat(second).DistinctBy(review => review.Id).Count());
        Assert.Equal(5, await Reviews.CountOpenAsync(default));
    }

    private async Task<List<IdentityReview>> ListAsync(bool includeSettled = false)
    {
        await Reviews.CatchUpAsync(default);
        return (await Reviews.ReadAsync(includeSettled, 100, Guid.Empty, default)).Reviews;
    }

    private static Worker Mistyped(int number)
    {
        var worker = People.Worker(number);
        worker.IdNumber = worker.IdNumber[..17] + (worker.IdNumber[17] == '0' ? '1' : '0');
        return worker;
    }

    private async Task TakeAsync(params (Guid Id, Worker Worker)[] workers)
    {
        Agreement = SampleAgreements.City();
        Agreement.Flows[0].Kinds.Single(rule => rule.Kind == "worker").Gate = Gate.All;
        Time.Advance(TimeSpan.FromSeconds(1));
        var changes = workers.Select(given =>
        {
            var record = Incoming.Record("worker", given.Id, Time.GetUtcNow(), Any.Pack(given.Worker));
            record.HomeNode = Region.Id;
            record.Version.Node = Region.Id;
            return record.Change();
        });
        var ack = await City.Flows(Agreement).Sink(Region.Id).ApplyAsync(
            Incoming.Batch(0, 1, [.. changes]), default);
        Assert.Equal((uint)workers.Length, ack.AppliedCount);
        Assert.Empty(ack.Quarantined);
    }
}
