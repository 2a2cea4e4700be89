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

    [Fact]
    public async Task A_retraction_that_was_open_in_the_backup_and_is_told_once_more_doesnt_stay_open()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await SyncAsync();
        DropVacancies();
        var applied = await Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);
        await City.Flows(Agreement).Source(Region.Id).ReadAsync(applied, default);
        await City.PutAsync(People.Vacancy(2), id: vacancy.Id);
        var backup = await BackUpAsync(City);
        await SyncAsync();
        Assert.Null(await Region.FindAsync(vacancy));

        await RestoreAsync(City, backup);
        await SyncAsync();

        Assert.Equal(0ul, (await City.Flows(Agreement).StatusAsync(Region.Id, default)).Retractions.Open);
    }

    [Fact]
    public async Task What_came_back_after_the_backup_is_taken_back_under_the_version_that_the_partner_has()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await SyncAsync();
        var record = await City.FindAsync(vacancy);
        await City.DeleteAsync(vacancy);
        await SyncAsync();
        var backup = await BackUpAsync(City);

        // As a part that came back from another partner does.
        await City.StoreAsync(vacancy, record!);
        await SyncAsync();
        Assert.NotNull(await Region.FindAsync(vacancy));

        await RestoreAsync(City, backup);
        DropVacancies();
        var (_, called) = await SyncAsync();

        Assert.Null(await Region.FindAsync(vacancy));
        Assert.Equal(0ul, called.Found.Count);
    }

    [Fact]
    public async Task What_was_gone_is_gone_again_although_it_was_written_after_the_restore_by_a_clock_that_stepped_back()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await SyncAsync();
        var backup = await BackUpAsync(City);
        await City.DeleteAsync(vacancy);
        await SyncAsync();

        Time.SetUtcNow(Time.GetUtcNow().AddMinutes(11));
        await RestoreAsync(City, backup);
        Time.SetUtcNow(Time.GetUtcNow().AddMinutes(-2));
        await City.PutAsync(People.Vacancy(2), id: vacancy.Id);
        await SyncAsync();

        Assert.Null(await City.FindAsync(vacancy));
    }

    private void DropVacancies()
    {
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Remove(Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "vacancy"));
    }
}
