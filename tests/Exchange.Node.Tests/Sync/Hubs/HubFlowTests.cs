using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>A prefecture, its province as a hub, and a city, each on a store of its own.</summary>
public abstract class HubFlowTests : IAsyncLifetime
{
    private protected ManualTime Time { get; } = new();

    /// <summary>Between the prefecture and the hub.</summary>
    private protected Agreement Upward { get; set; } = SampleAgreements.Prefecture();

    /// <summary>Between the hub and the city.</summary>
    private protected Agreement Onward { get; set; } = SampleAgreements.HubCity();

    private protected FlowNode Region { get; set; } = null!;

    private protected FlowNode Hub { get; set; } = null!;

    private protected FlowNode City { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Region = await FlowNode.OpenAsync(SampleAgreements.Region, Time);
        Hub = await FlowNode.OpenAsync(SampleAgreements.Hub, Time);
        City = await FlowNode.OpenAsync(SampleAgreements.Town, Time);
        Hold(Upward);
        Hold(Onward);
    }

    public async Task DisposeAsync()
    {
        await Region.DisposeAsync();
        await Hub.DisposeAsync();
        await City.DisposeAsync();
    }

    /// <summary>Puts an agreement in the place of an earlier version at both parties.</summary>
    private protected void Hold(Agreement agreement)
    {
        var isUpward = agreement.Id == Upward.Id;
        (Upward, Onward) = (isUpward ? agreement : Upward, agreement.Id == Onward.Id ? agreement : Onward);
        foreach (var node in new[] { Region, Hub, City })
        {
            node.Others.RemoveAll(held => held.Id == agreement.Id);
            if (agreement.Parties.Any(party => party.Node == node.Id))
            {
                node.Others.Add(agreement);
            }
        }
    }

    private protected Task<List<SyncBatch>> GiveUpwardAsync() => FlowPass.RunAsync(Region, Hub, Upward);

    private protected Task<List<SyncBatch>> PassOnAsync() => FlowPass.RunAsync(Hub, City, Onward);

    /// <summary>The whole way; returns what went from the hub to the city.</summary>
    private protected async Task<List<SyncBatch>> PassAsync()
    {
        await GiveUpwardAsync();
        return await PassOnAsync();
    }

    /// <summary>Writes a worker, refers it to the city and passes both on.</summary>
    private protected async Task<RecordKey> PassReferredAsync(LegalBasis? basis = null)
    {
        var key = await Region.PutAsync(People.Worker(1), basis ?? FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
        return key;
    }
}
