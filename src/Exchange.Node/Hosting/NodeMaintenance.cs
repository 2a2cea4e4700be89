using Exchange.Node.Audit;
using Exchange.Node.Sync;
using Exchange.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Hosting;

/// <summary>What is done to a node's store while the node doesn't run.</summary>
internal static class NodeMaintenance
{
    /// <summary>Stamps anew what the node's clock stamped in the future; returns how many records that were.</summary>
    /// <exception cref="OptionsValidationException">The configuration is wrong.</exception>
    /// <exception cref="StoreOpenException">The store can't be opened; the node runs, for one.</exception>
    public static async Task<long> RepairClockAsync(
        DataDirectory data, TimeProvider time, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(data.ConfigFile, optional: false, reloadOnChange: false)
            .AddEnvironmentVariables("EXCHANGE_")
            .Build();
        var node = configuration.GetSection(NodeOptions.Section).Get<NodeOptions>() ?? new NodeOptions();
        var settings = configuration.GetSection(StoreSettings.Section).Get<StoreSettings>() ?? new StoreSettings();
        await using var store = await RecordStores.OpenAsync(
            new StoreOptions(data.Store, node.Id, settings.Engine) { Seal = new AuditSealer(time).Seal },
            time,
            cancellationToken);
        var audited = new AuditedStore(store, new AuditTrail(store));
        return await new ClockRepair(audited, node.Id, time).RunAsync(cancellationToken);
    }
}
