using Exchange.Testing;
using Exchange.Testing.Stores;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// What a node runs on: its clock, its store, its keys and the backups of both, as a snapshot of a machine has them.
/// </summary>
internal sealed class FlowMachine(
    FlowNode node,
    RestorableStore store,
    RestorableStore keys,
    ManualTime time,
    FlowWorld world,
    Func<Random, Task> write)
{
    private static readonly DateTimeOffset Morning = new ManualTime().GetUtcNow();
    private static readonly TimeSpan Hours = TimeSpan.FromHours(6);
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Repair = TimeSpan.FromMinutes(11);

    private readonly List<Func<Task>> _backups = [];
    private TimeSpan _passed;

    public FlowNode Node { get; } = node;

    /// <summary>All machines: time passes for all of them while one is restored.</summary>
    public required IReadOnlyList<FlowMachine> All { get; init; }

    /// <summary>This node's ends of its sessions.</summary>
    public List<FlowSimulatedNode> Ends { get; } = [];

    /// <summary>How often it was put back.</summary>
    public int Restores { get; private set; }

    /// <summary>What it was told to erase for good, as it knows it from its partners.</summary>
    public HashSet<Store.RecordKey> Erased { get; } = [];

    public async Task WriteAsync(Random chance)
    {
        switch (chance.Next(30))
        {
            case 0:
                SetWrong(chance);
                break;
            case 1:
                var links = world.Links.FindAll(link => link.One == Node || link.Other == Node);
                links[chance.Next(links.Count)].Renegotiate(chance);
                break;
            case 2:
                await PurgeAsync();
                break;
            case 3 or 4 when world.Restores:
                BackUp();
                break;
            default:
                await write(chance);
                break;
        }
    }

    /// <summary>
    /// After a crash the process starts anew; the store may be put back to a backup before, that of one node in each
    /// history that has restores.
    /// </summary>
    public async Task CrashAsync(Random chance)
    {
        if (_backups.Count > 0 && All.All(machine => machine.Restores == 0))
        {
            world.Injected(world.KeepsKeys
                ? "a restore of an old database beside the keys of today"
                : "a restore of an old backup with its keys");
            foreach (var machine in All)
            {
                machine.Wait();
            }

            await _backups[chance.Next(_backups.Count)]();
        }
        else
        {
            await Node.RestartAsync();
        }
    }

    /// <summary>
    /// Tombstones are dropped, long before their time. Never where a backup is older than they may be.
    /// </summary>
    public async Task PurgeAsync()
    {
        if (!world.Restores && Node != world.Region)
        {
            world.Injected("tombstones dropped by the receiver");
            var head = (await Node.Store.GetStatusAsync(default)).Head;
            await Node.Store.PurgeAsync(head, Morning.AddDays(1), default);
        }
    }

    /// <summary>The clock is set right, and what was ahead of one of them isn't any longer.</summary>
    public void SetRight() => time.SetUtcNow(Morning + _passed + Hours + TimeSpan.FromMinutes(30));

    private void Wait()
    {
        _passed += Repair;
        time.SetUtcNow(time.GetUtcNow() + Repair);
    }

    private void SetWrong(Random chance)
    {
        world.Injected(world.Restores ? "a clock minutes wrong" : "a clock hours wrong");
        var skew = world.Restores ? Minutes : Hours;
        time.SetUtcNow(Morning + _passed + (chance.Next(2) == 0 ? skew : -skew) * chance.NextDouble());
        world.Trace?.Invoke($"the clock of {Node.Id} is set to {time.GetUtcNow():T}");
    }

    private void BackUp()
    {
        world.Trace?.Invoke($"a backup of {Node.Id}");
        var (bytes, wrapped) = (store.BackUp(), keys.BackUp());
        var (memory, erased) = (world.BackUp(Node), Erased.ToList());
        _backups.Add(async () =>
        {
            world.Trace?.Invoke($"{Node.Id} is put back to backup");
            await bytes();
            await (world.KeepsKeys ? Task.CompletedTask : wrapped());
            await Node.RestartAsync();
            memory();
            Erased.Clear();
            Erased.UnionWith(erased);
            Restores++;
            foreach (var end in Ends)
            {
                end.Restored();
            }

            await world.Returns.RestoredAsync(this);
        });
    }
}
