using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A sending region and a city with an agreement, each on a store of its own.</summary>
public abstract class FlowTests : IAsyncLifetime
{
    private protected ManualTime Time { get; } = new();

    private protected Agreement Agreement { get; set; } = SampleAgreements.City();

    private protected FlowNode Region { get; set; } = null!;

    private protected FlowNode City { get; set; } = null!;

    public async Task InitializeAsync()
    {
        Region = await FlowNode.OpenAsync(SampleAgreements.Region, Time);
        City = await FlowNode.OpenAsync(SampleAgreements.Town, Time);
    }

    public async Task DisposeAsync()
    {
        await Region.DisposeAsync();
        await City.DisposeAsync();
    }

    /// <summary>Takes everything from the region to the city.</summary>
    private protected Task<List<SyncBatch>> PassAsync() => FlowPass.RunAsync(Region, City, Agreement);

    /// <summary>Takes everything from the city to the region.</summary>
    private protected Task<List<SyncBatch>> PassBackAsync() => FlowPass.RunAsync(City, Region, Agreement);

    /// <summary>Gives the city vacancies that don't flow, and then terms that let them.</summary>
    private protected async Task WidenAsync(int vacancies)
    {
        for (var number = 0; number < vacancies; number++)
        {
            await City.PutAsync(People.Vacancy(number));
        }

        var rule = Agreement.Flows[1].Kinds.Single(kind => kind.Kind == "vacancy");
        Agreement.Flows[1].Kinds.Remove(rule);
        Assert.Empty((await PassBackAsync()).Changes());
        Agreement = SampleAgreements.City(version: 2);
    }
}
