using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>What the simulation found about nodes that were restored; tests/README.md lists it.</summary>
public sealed class RestoreFindingsTests : RestoreTests
{
    [Fact]
    public async Task What_was_given_after_the_backup_is_taken_back_although_its_kind_was_dropped_meanwhile()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        var backup = await BackUpAsync(City);
        await SyncAsync();
        Assert.NotNull(await Region.FindAsync(vacancy));

        await RestoreAsync(City, backup);
        DropVacancies();
        var (_, called) = await SyncAsync();

        Assert.Null(await Region.FindAsync(vacancy));
        Assert.NotNull(await City.FindAsync(vacancy));
        Assert.Equal(0ul, called.Found.Count);
    }

    [Fact]
    public async Task What_only_the_partner_holds_of_a_dropped_kind_is_taken_back_before_digests_differ()
    {
        var backup = await BackUpAsync(City);
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await SyncAsync();
        Assert.NotNull(await Region.FindAsync(vacancy));

        await RestoreAsync(City, backup);
        DropVacancies();
        var (_, called) = await SyncAsync();

        Assert.Null(await Region.FindAsync(vacancy));
        Assert.Equal(0ul, called.Found.Count);
    }

    private void DropVacancies()
    {
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Remove(Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "vacancy"));
    }
}
