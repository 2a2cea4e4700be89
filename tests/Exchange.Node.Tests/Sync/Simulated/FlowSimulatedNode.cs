using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Simulation;
using Exchange.Testing.Stores;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// A node whose sessions go over the real source and sink on a store in memory. An operation's commit is the real one,
/// and now and then the store fails before or after it. A crash drops source and sink, and leaves the store.
/// </summary>
internal sealed class FlowSimulatedNode(
    FlowNode node, ManualTime time, FlowWorld world, FlowOracle oracle, Func<Random, Task> write, Random random)
    : ISimulatedNode
{
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(8);
    private static readonly DateTimeOffset Morning = new ManualTime().GetUtcNow();

    private readonly Queue<Func<Task>> _giving = new();
    private readonly Queue<Func<Task>> _taking = new();
    private readonly List<SyncChange> _taken = [];
    private ISyncSource? _source;
    private ISyncSink? _sink;
    private uint _begunUnder;

    public string Id => node.Id;

    public string Epoch => node.Store.Epoch.ToString();

    public SyncReceipt? Newest { get; private set; }

    public FlowNode Node => node;

    /// <summary>What the cursor has passed was, or is being, held against the terms of today.</summary>
    public bool KnowsTerms => _begunUnder == world.Agreement.Version;

    private FlowNode Peer => world.Other(node);

    public async Task<FeedCursor> AppliedAsync()
    {
        await _sink!.RetryQuarantineAsync(default);
        return await _sink.AppliedAsync(default);
    }

    public SimulatedOperation Start(SyncAction action) => action switch
    {
        SyncAction.ReadPage read => InLane(_giving, read, () => ReadAsync(read.After)),
        SyncAction.ConfirmPage confirm => InLane(_giving, confirm, async () =>
        {
            await _source!.ConfirmAsync(confirm.Page, confirm.Ack, default);
            return new SyncInput.PageConfirmed();
        }),
        SyncAction.CompareInspection compare => InLane(_giving, compare, async () => new SyncInput.InspectionCompared(
            await _source!.CompareAsync(compare.Question, compare.Page, compare.After, default))),
        SyncAction.ComputeDigest digest => InLane(
            digest.Direction == SyncDirection.Outgoing ? _giving : _taking, digest, () => CountAsync(digest)),
        SyncAction.Inspect inspect => InLane(_taking, inspect, async () => new SyncInput.Inspected(
            await _sink!.InspectAsync(inspect.Question, default))),
        SyncAction.ApplyBatch apply => InLane(_taking, apply, () => ApplyAsync(apply.Batch)),
        SyncAction.StoreReceipt store => SimulatedOperation.Of(
            store, () => Newest = store.Receipt.Clone(), () => new SyncInput.ReceiptStored(store.Receipt)),
        SyncAction.ReadReturns read => InLane(_giving, read, async () => new SyncInput.PageRead(
            await _source!.ReadReturnsAsync(read.After, read.Epoch, default))),
        _ => throw new NotSupportedException($"{action.GetType().Name} isn't for a node."),
    };

    public async Task<bool> HasMovedAsync(FeedCursor after)
    {
        using var enough = new CancellationTokenSource();
        var waiting = _source!.WaitAsync(after, enough.Token);
        if (waiting.IsCompletedSuccessfully)
        {
            return true;
        }

        await enough.CancelAsync();
        await waiting.ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return false;
    }

    public async Task WriteAsync(Random chance)
    {
        switch (chance.Next(30))
        {
            case 0:
                world.Injected("a clock set wrong");
                time.SetUtcNow(Morning + (chance.Next(2) == 0 ? Skew : -Skew) * chance.NextDouble());
                break;
            case 1:
                world.Renegotiate(chance);
                break;
            case 2:
                await PurgeAsync();
                break;
            default:
                await write(chance);
                break;
        }
    }

    // What isn't durable lives in source and sink, which the next session makes anew.
    public Task CrashAsync(Random chance) => Task.CompletedTask;

    public Task CorruptAsync(Random chance) => Task.CompletedTask;

    public void Started()
    {
        world.BeginSession();
        _giving.Clear();
        _taking.Clear();
        var flows = node.Flows(world.Agreement);
        (_source, _sink) = (flows.Source(Peer.Id), flows.Sink(Peer.Id));
    }

    /// <summary>Something that came long ago comes once more, as with an old bundle.</summary>
    public async Task ReplayAsync()
    {
        var sink = node.Flows(world.Agreement).Sink(Peer.Id);
        var cursor = await sink.AppliedAsync(default);
        if (_taken.Count == 0 || cursor.Position == 0)
        {
            return;
        }

        if (random.Next(2) == 0)
        {
            // Only the fence knows then what was taken back.
            await PurgeAsync();
        }

        world.Injected("a replay of old changes");
        var first = random.Next(_taken.Count);
        var batch = new SyncBatch { From = cursor, To = cursor };
        batch.Changes.AddRange(_taken.Skip(first).Take(random.Next(1, 30)).Select(change => change.Clone()));
        await sink.ApplyAsync(batch, default);
    }

    private async Task PurgeAsync()
    {
        var head = (await node.Store.GetStatusAsync(default)).Head;
        if (ReferenceEquals(node, world.City))
        {
            world.Injected("tombstones dropped by the receiver");
            await node.Store.PurgeAsync(head, Morning.AddDays(1), default);
        }
    }

    private async Task<SyncInput> CountAsync(SyncAction.ComputeDigest digest)
    {
        var isOutgoing = digest.Direction == SyncDirection.Outgoing;
        if (digest.Anew)
        {
            var recount = await (isOutgoing ? _source!.RecountAsync(default) : _sink!.RecountAsync(default));
            return new SyncInput.DigestReady(digest.Direction, recount.Digest, recount);
        }

        return new SyncInput.DigestReady(digest.Direction, await (isOutgoing
            ? _source!.DigestAsync(digest.WithBuckets, default)
            : _sink!.DigestAsync(digest.WithBuckets, default)));
    }

    // As a session's lanes do: what was asked first is done first.
    private SimulatedOperation InLane(Queue<Func<Task>> lane, SyncAction action, Func<Task<SyncInput>> run)
    {
        SyncInput? answer = null;
        lane.Enqueue(async () => answer = await FailingAsync(run));
        return new SimulatedOperation(action, () => Task.FromResult(answer!), async () =>
        {
            while (answer is null)
            {
                await lane.Dequeue()();
            }
        });
    }

    private async Task<SyncInput> FailingAsync(Func<Task<SyncInput>> run)
    {
        if (!world.IsCalm && random.Next(60) == 0)
        {
            node.Store.Next = random.Next(2) == 0 ? Fault.BeforeCommit : Fault.AfterCommit;
        }

        var fault = node.Store.Next;
        try
        {
            return await run();
        }
        catch (StoreUnavailableException)
        {
            world.Injected(fault == Fault.BeforeCommit
                ? "a commit that failed"
                : "a commit that was stored and said to have failed");
            throw;
        }
        finally
        {
            node.Store.Next = Fault.None;
        }
    }

    private async Task<SyncInput> ReadAsync(FeedCursor after)
    {
        var page = await _source!.ReadAsync(after, default);
        _begunUnder = world.Agreement.Version;
        var given = await oracle.GivenAsync(node);
        var keys = page.Changes.Select(change => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(SyncChanges.Key(change)));
        var rows = await DisclosureRegister.FindAsync(node.Store, Peer.Id, [.. keys], default);
        for (var i = 0; i < rows.Length; i++)
        {
            world.Broken ??= Wrong(page.Changes[i], rows[i], given);
        }

        return new SyncInput.PageRead(page);
    }

    private string? Wrong(SyncChange change, DisclosureRow? row, Dictionary<RecordKey, bool> given)
    {
        var key = SyncChanges.Key(change);
        if (row is null || SyncChanges.Order(change) != (row.Version, row.Revision))
        {
            return $"'{Id}' sends {key}, which its register doesn't know.";
        }

        if (change.Record is not { } record)
        {
            // What a commit registered that was said to have failed never left, and is taken back all the same.
            return null;
        }

        return !given.GetValueOrDefault(key) ? $"{key} is outside its scope, and '{Id}' sends it."
            : oracle.Wrong(record) is { } wrong ? $"'{Id}' sends {key}, and {wrong}."
            : null;
    }

    private async Task<SyncInput> ApplyAsync(SyncBatch batch)
    {
        var keys = batch.Changes.Select(SyncChanges.Key).ToList();
        var before = await node.Store.GetManyAsync(keys, default);
        var ack = await _sink!.ApplyAsync(batch, default);
        var after = await node.Store.GetManyAsync(keys, default);
        foreach (var (old, now) in before.Zip(after))
        {
            if (old is not null && now is not null && old.Position != now.Position
                && old.Version == now.Version && old.Revision == now.Revision)
            {
                world.Broken ??= $"{now.Key} {now.Version} took effect twice at '{Id}'.";
            }
        }

        _taken.AddRange(batch.Changes);
        return new SyncInput.BatchApplied(ack);
    }
}
