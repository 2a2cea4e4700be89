using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>The two offices of <see cref="SampleAgreements.City"/>, on 2026-03-02 in Asia/Shanghai.</summary>
public abstract class OfficePair : IAsyncLifetime
{
    private protected ManualTime Time { get; } = new();

    private protected Office Region { get; private set; } = null!;

    private protected Office Town { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Region = await Office.OpenAsync(SampleAgreements.Region, Time);
        Town = await Office.OpenAsync(SampleAgreements.Town, Time);
    }

    public async Task DisposeAsync()
    {
        await Region.DisposeAsync();
        await Town.DisposeAsync();
    }
}
