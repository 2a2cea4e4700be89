using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A region and a city on stores in folders, of which either can be put back to what it was.</summary>
public abstract class RestoreTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Dictionary<string, string> _folders = [];

    private protected ManualTime Time { get; } = new();

    private protected Agreement Agreement { get; set; } = SampleAgreements.City();

    private protected FlowNode Region { get; private set; } = null!;

    private protected FlowNode City { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Region = await OpenAsync(SampleAgreements.Region);
        City = await OpenAsync(SampleAgreements.Town);
    }

    public async Task DisposeAsync()
    {
        await Region.DisposeAsync();
        await City.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Takes a backup of a node, which is stopped for it.</summary>
    private protected async Task<string> BackUpAsync(FlowNode node)
    {
        var backup = Path.Combine(_directory.Path, $"{node.Id}-{_folders.Count}-backup-{Guid.NewGuid():N}");
        await node.DisposeAsync();
        Copy(Path.Combine(_folders[node.Id], "store"), backup);
        Keep(await OpenAsync(node.Id));
        return backup;
    }

    /// <summary>
    /// What a kill at this moment would leave of a node that runs on: its files as they are, opened anew.
    /// </summary>
    private protected async Task<FlowNode> KilledAsync(FlowNode node)
    {
        var folder = Path.Combine(_directory.Path, $"{node.Id}-killed-{Guid.NewGuid():N}");
        foreach (var part in new[] { "store", "keys" })
        {
            Copy(Path.Combine(_folders[node.Id], part), Path.Combine(folder, part));
        }

        return await FlowNode.OpenAsync(node.Id, Time, folder);
    }

    /// <summary>Puts a node back to a backup, as an operator would.</summary>
    private protected async Task RestoreAsync(FlowNode node, string backup)
    {
        Time.Advance(TimeSpan.FromMinutes(10));
        await node.DisposeAsync();
        var store = Path.Combine(_folders[node.Id], "store");
        Directory.Delete(store, recursive: true);
        Copy(backup, store);
        var restored = await OpenAsync(node.Id);
        await restored.Store.BeginEpochAsync(default);
        Keep(restored);
        Time.Advance(TimeSpan.FromMinutes(1));
    }

    /// <summary>Runs a session that the region calls for; the digests must agree.</summary>
    private protected Task<(SyncProgress Caller, SyncProgress Called)> SyncAsync() =>
        FlowSession.RunAsync(Region, City, Agreement, Time);

    private protected async Task<RestoreReport> TakenBackAsync(FlowNode node, FlowNode from) =>
        (await node.Flows(Agreement).StatusAsync(from.Id, default)).Restored!;

    private protected async Task<RestoreReport> GivenBackAsync(FlowNode node, FlowNode to) =>
        (await node.Flows(Agreement).StatusAsync(to.Id, default)).PeerRestored!;

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from).Where(file => Path.GetFileName(file) != "store.lock"))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.GetDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    /// <summary>Every file of both nodes, which are running: the engines' logs are among them.</summary>
    private protected async Task<IReadOnlyList<(string Name, byte[] Bytes)>> FilesAsync()
    {
        var found = new List<(string, byte[])>();
        foreach (var file in _folders.Values.SelectMany(
            folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories)))
        {
            // The file that keeps others out can't be opened either; it is empty.
            if (Path.GetFileName(file) != "store.lock")
            {
                await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                var bytes = new byte[open.Length];
                await open.ReadExactlyAsync(bytes);
                found.Add((file, bytes));
            }
        }

        return found;
    }

    /// <summary>Stops a node and starts it again.</summary>
    private protected async Task ReopenAsync(FlowNode node)
    {
        await node.DisposeAsync();
        Keep(await OpenAsync(node.Id));
    }

    private Task<FlowNode> OpenAsync(string id)
    {
        _folders.TryAdd(id, Path.Combine(_directory.Path, id));
        return FlowNode.OpenAsync(id, Time, _folders[id]);
    }

    private void Keep(FlowNode node)
    {
        if (node.Id == SampleAgreements.Region)
        {
            Region = node;
        }
        else
        {
            City = node;
        }
    }
}
