using Exchange.Node.Placements;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.V1;
using Xunit;
using Date = Google.Type.Date;

namespace Exchange.Node.Tests.Placements;

/// <summary>Quotas are granted by the vacancy's home, kept to where they are known, and flagged where they weren't.</summary>
public sealed class ReferralQuotaTests : FlowTests
{
    private static readonly DateOnly May = new(2026, 5, 31);
    private static readonly DateOnly June = new(2026, 6, 30);

    [Fact]
    public async Task A_vacancy_without_a_quota_has_no_limit()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();

        for (var i = 1; i <= 3; i++)
        {
            Assert.False((await ReferAsync(i, vacancy)).OverQuota);
        }
    }

    [Fact]
    public async Task Referring_beyond_ones_quota_is_refused_with_what_was_granted_and_used()
    {
        var vacancy = await GrantAsync(2);
        await PassBackAsync();
        await ReferAsync(1, vacancy);
        await ReferAsync(2, vacancy);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ReferAsync(3, vacancy));

        Assert.Contains("granted 2 referrals", error.Message, StringComparison.Ordinal);
        Assert.Contains("2 were made", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_referral_in_error_takes_nothing_and_an_expired_quota_grants_nothing()
    {
        var vacancy = await GrantAsync(1);
        await PassBackAsync();
        var first = await ReferAsync(1, vacancy);
        await VoidAsync(Region, first.Events[0]);
        await ReferAsync(2, vacancy);

        var old = await GrantAsync(5, new Date { Year = 2026, Month = 2, Day = 1 });
        await PassBackAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => ReferAsync(3, old));
    }

    [Fact]
    public async Task Only_one_of_two_referrals_at_once_gets_the_last_of_a_quota()
    {
        var vacancy = await GrantAsync(1);
        await PassBackAsync();
        var (one, two) = (await Region.PutAsync(People.Worker(1), FlowNode.Duty),
            await Region.PutAsync(People.Worker(2), FlowNode.Duty));

        var both = new[] { one, two }.Select(worker => Task.Run(() => ReferAsync(worker, vacancy))).ToList();
        await Task.WhenAll(both.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Equal(1, both.Count(task => task.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task What_slipped_through_a_cut_line_is_flagged_on_both_sides_and_never_refused()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var first = await ReferAsync(1, vacancy);
        var second = await ReferAsync(2, vacancy);
        await City.PutAsync(Quota(vacancy, 1));

        await PassAsync();
        await PassBackAsync();

        foreach (var node in new[] { Region, City })
        {
            Assert.False((await node.Placements.FindAsync(first.Id, default))!.OverQuota);
            Assert.True((await node.Placements.FindAsync(second.Id, default))!.OverQuota);
            var (listed, _) = await node.Placements.ReadAsync(null, default);
            Assert.Equal([first.Id, second.Id], listed.Select(placement => placement.Id).Order());
            Assert.Equal([second.Id], listed.Where(p => p.OverQuota).Select(p => p.Id));
        }
    }

    [Fact]
    public async Task A_quota_goes_to_its_partner_only()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        var other = Quota(vacancy, 1);
        other.PartnerNode = "bijie";
        await City.PutAsync(other);
        var own = await City.PutAsync(Quota(vacancy, 1));

        var given = (await PassBackAsync()).Changes().Where(change => change.Record.Kind == "vacancy_quota");

        Assert.Equal([own.Id.ToString()], given.Select(change => change.Record.Id));
    }

    [Fact]
    public async Task Two_active_placements_of_one_worker_are_flagged_on_both()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var (one, two) = (await City.PutAsync(People.Vacancy(1)), await City.PutAsync(People.Vacancy(2)));
        var (first, second) = (await ReferAsync(worker, one), await ReferAsync(worker, two));
        await StepAsync(Region, first, PlacementEventType.Departed);
        Assert.Empty((await Region.Placements.FindAsync(first.Id, default))!.OtherActivePlacementIds);

        await StepAsync(Region, second, PlacementEventType.Departed);
        await PassAsync();

        foreach (var node in new[] { Region, City })
        {
            Assert.Equal(
                [second.Id], (await node.Placements.FindAsync(first.Id, default))!.OtherActivePlacementIds);
            Assert.Equal(
                [first.Id], (await node.Placements.FindAsync(second.Id, default))!.OtherActivePlacementIds);
        }
    }

    [Fact]
    public async Task A_dispute_stands_on_both_nodes_until_one_of_them_voids_what_is_wrong()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var vacancy = await City.PutAsync(People.Vacancy(1));
        var placement = await ReferAsync(worker, vacancy);
        await StepAsync(Region, placement, PlacementEventType.Declined);
        await PassAsync();
        await StepAsync(City, placement, PlacementEventType.Started, day: 2);
        await PassBackAsync();

        var here = (await Region.Placements.FindAsync(placement.Id, default))!;
        var there = (await City.Placements.FindAsync(placement.Id, default))!;
        Assert.True(here.Disputed);
        Assert.Equal((here.State, here.Disputes), (there.State, there.Disputes));

        await VoidAsync(Region, here.Events.Single(e => e.Event.Type == PlacementEventType.Declined));
        await PassAsync();
        foreach (var node in new[] { Region, City })
        {
            var settled = (await node.Placements.FindAsync(placement.Id, default))!;
            Assert.Equal((false, PlacementState.Working), (settled.Disputed, settled.State));
        }
    }

    [Fact]
    public void Each_referral_takes_from_the_quota_that_expires_first()
    {
        Referral[] referrals =
        [
            new("a", new DateOnly(2026, 5, 1), 1, "z", "1"), new("b", new DateOnly(2026, 5, 2), 2, "z", "2"),
            new("c", new DateOnly(2026, 6, 2), 3, "z", "3"), new("d", new DateOnly(2026, 6, 3), 4, "z", "4"),
        ];
        Grant[] grants = [new(1, June), new(2, May)];

        Assert.Equal(["d"], QuotaLedger.Over(grants, referrals));
        Assert.Equal(["d"], QuotaLedger.Over(grants.Reverse(), referrals.Reverse()));
        Assert.Equal(4, QuotaLedger.Over([new Grant(0, June)], referrals).Count);
    }

    private async Task<RecordKey> GrantAsync(int referrals, Date? last = null)
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await City.PutAsync(Quota(vacancy, referrals, last));
        return vacancy;
    }

    private VacancyQuota Quota(RecordKey vacancy, int referrals, Date? last = null) => new()
    {
        VacancyId = vacancy.Id.ToString(),
        PartnerNode = Region.Id,
        Referrals = referrals,
        ExpireDate = last ?? new Date { Year = 2026, Month = 12, Day = 31 },
    };

    private async Task<Placement> ReferAsync(int number, RecordKey vacancy) =>
        await ReferAsync(await Region.PutAsync(People.Worker(number), FlowNode.Duty), vacancy);

    private async Task<Placement> ReferAsync(RecordKey worker, RecordKey vacancy)
    {
        var referral = Region.Referral(worker, City.Id);
        referral.VacancyId = vacancy.Id.ToString();
        await Region.PutAsync(referral, FlowNode.Duty);
        return (await Region.Placements.FindAsync(referral.PlacementId, default))!;
    }

    private static Task<RecordKey> StepAsync(
        FlowNode node, Placement placement, PlacementEventType type, int day = 1)
    {
        var step = placement.Events[0].Event.Clone();
        step.Type = type;
        step.HappenedDate = new Date { Year = 2026, Month = 3, Day = day };
        return node.PutAsync(step, FlowNode.Duty);
    }

    private static Task<RecordKey> VoidAsync(FlowNode node, PlacementEventEntry mistake)
    {
        var voiding = mistake.Event.Clone();
        (voiding.Type, voiding.VoidedEventId) = (PlacementEventType.RecordedInError, mistake.Id);
        return node.PutAsync(voiding, FlowNode.Duty);
    }
}
