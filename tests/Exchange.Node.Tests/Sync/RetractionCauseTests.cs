using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Sync.HardCases;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Looking for what a write takes away costs nothing where it can take nothing away.</summary>
public sealed class RetractionCauseTests : FlowTests
{
    [Fact]
    public async Task A_first_version_and_a_change_of_the_payload_ask_for_no_register()
    {
        Region.Store.Asked.Clear();
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        Assert.Equal(["index person"], Region.Store.Asked);

        Region.Store.Asked.Clear();
        var changed = People.Worker(1);
        changed.Phone = "13987654321";
        await Region.PutAsync(changed, id: key.Id);
        Assert.Equal(["record"], Region.Store.Asked);
    }

    [Fact]
    public async Task A_change_of_the_basis_asks_the_register_of_every_partner_once()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        Region.Store.Asked.Clear();

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);

        Assert.Equal(
            [
                DisclosureRegister.Collection(SampleAgreements.Town),
                DisclosureRegister.Collection(SampleAgreements.Hub),
            ],
            Region.Store.Asked.Where(asked => asked.StartsWith("disclosure/", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task What_a_partner_was_never_given_is_queued_for_nobody()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        await Region.DeleteAsync(key);

        Assert.Empty(await QueueAsync());
    }

    [Fact]
    public async Task A_withdrawal_before_the_person_was_sent_sends_nothing()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        await Region.ReferAsync(key, City.Id);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);

        var changes = (await PassAsync()).Changes();

        Assert.Equal("placement_event", Assert.Single(changes).Record.Kind);
        Assert.Empty(await QueueAsync());
    }

    [Fact]
    public async Task A_renewal_before_the_withdrawal_was_sent_leaves_nothing_open()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(1)));
        await Region.ReferAsync(key, City.Id);
        await PassAsync();

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(3)), key.Id);
        Assert.Equal(2ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions.Open);
        var changes = (await PassAsync()).Changes();

        Assert.DoesNotContain(changes, change => change.Removal is not null);
        Assert.NotNull(await City.FindAsync(key));
        Assert.Equal(0ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Retractions.Open);
        Assert.Empty(await QueueAsync());
    }

    [Theory]
    [InlineData(RemovalReason.LeftScope)]
    [InlineData(RemovalReason.ConsentWithdrawn)]
    public async Task Reasons_that_only_the_node_gives_are_refused(RemovalReason reason)
    {
        var key = await Region.PutAsync(People.Worker(1));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Region.DeleteAsync(key, reason));

        Assert.Contains("delete_reason", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await Region.FindAsync(key));
    }

    private Task<IReadOnlyList<Store.Entry>> QueueAsync() =>
        Region.Store.ReadEntriesAsync(ReprojectionQueue.Collection(City.Id), default, default, 10, default);
}
