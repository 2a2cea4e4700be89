using Exchange.Node.Hosting;
using Exchange.Store;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 6: tombstones are dropped while a partner is away. They stay for a partner that hasn't acknowledged them;
/// and one that stands below the floor all the same is told from the register what is gone.
/// </summary>
public sealed class Case06_CompactionWhileAway : FlowTests
{
    private const int Vacancies = 1500;

    [Fact]
    public async Task Tombstones_wait_for_a_partner_that_is_away_and_go_once_it_acknowledged()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await City.DeleteAsync(gone);
        Time.Advance(TimeSpan.FromDays(500));

        Assert.Equal(0, await HousekeepingOf(City).DropTombstonesAsync(default));
        await PassBackAsync();

        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));
        Assert.Null(await Region.FindAsync(gone));
    }

    [Fact]
    public async Task Tombstones_that_everybody_acknowledged_stay_for_400_days()
    {
        var gone = await City.PutAsync(People.Vacancy(1));
        await City.DeleteAsync(gone);
        await PassBackAsync();

        Time.Advance(TimeSpan.FromDays(399));
        Assert.Equal(0, await HousekeepingOf(City).DropTombstonesAsync(default));
        Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await HousekeepingOf(City).DropTombstonesAsync(default));
    }

    [Fact]
    public async Task A_partner_far_below_the_floor_is_told_what_is_gone_and_gets_all_the_rest()
    {
        var gone = await PurgeBehindPartnerAsync();

        await PassBackAsync();

        Assert.Null(await Region.FindAsync(gone));
        Assert.Equal(Vacancies, (await Region.Store.GetStatusAsync(default)).Kinds["vacancy"].Live);
    }

    [Fact]
    public async Task Without_the_register_a_partner_below_the_floor_keeps_what_is_gone()
    {
        City.Store.Forgets = "disclosure/";
        var gone = await PurgeBehindPartnerAsync();

        await FlowPass.RunAsync(
            City, City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));

        Assert.NotNull(await Region.FindAsync(gone));
    }

    // Whoever calls PurgeAsync for another reason, such as an administrator who gave a partner up.
    private async Task<RecordKey> PurgeBehindPartnerAsync()
    {
        var gone = await City.PutAsync(People.Vacancy(0));
        await PassBackAsync();
        for (var number = 1; number <= Vacancies; number++)
        {
            await City.PutAsync(People.Vacancy(number));
        }

        await City.DeleteAsync(gone);
        var head = (await City.Store.GetStatusAsync(default)).Head;
        Assert.Equal(1, await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default));
        return gone;
    }

    private Housekeeping HousekeepingOf(FlowNode node) => new(
        node.Store,
        node.Streams,
        new([FlowNode.Peer(node.Id, Agreement)]),
        node.Flows(Agreement),
        NullLogger<Housekeeping>.Instance,
        Time);
}
