using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Simulation;
using Exchange.Testing.Stores;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>
/// One end of a node's sessions with one peer, over the real source and sink on a store in memory. An operation's
/// commit is the real one, and now and then the store fails before or after it. A crash drops source and sink, and
/// leaves the store, unless that is put back to a backup.
/// </summary>
internal sealed class FlowSimulatedNode(
    FlowMachine machine, FlowMachine peer, FlowLink link, FlowWorld world, FlowOracle oracle, Random random)
    : ISimulatedNode
{
    private readonly FlowNode node = machine.Node;
    private readonly Queue<Func<Task>> _giving = new();
    private readonly Queue<Func<Task>> _taking = new();
    private readonly List<SyncChange> _taken = [];
    private ISyncSource? _source;
    private ISyncSink? _sink;
    private uint _begunUnder;
    private string _peerEpoch = "";
    private string _seenEpoch = "";

    public string Id => node.Id;

    public string Epoch => node.Store.Epoch.ToString();

    public SyncReceipt? Newest { get; private set; }

    public FlowNode Node => node;

    public FlowMachine Peer => peer;

    /// <summary>The peer was put back, and this end hasn't heard of it.</summary>
    public bool IsUnheard => peer.Restores > 0 && _seenEpoch != peer.Node.Store.Epoch.ToString();

    /// <summary>What the cursor has passed was, or is being, held against the terms of today.</summary>
    public bool KnowsTerms => _begunUnder == link.Agreement.Version;

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
        SyncAction.ReadReturns read => InLane(_giving, read, async () =>
        {
            var page = await _source!.ReadReturnsAsync(read.After, read.Epoch, default);
            _seenEpoch = _peerEpoch;
            return new SyncInput.PageRead(page);
        }),
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

    public Task WriteAsync(Random chance) => machine.WriteAsync(chance);

    // What isn't durable lives in source and sink, which the next session makes anew.
    public Task CrashAsync(Random chance) => machine.CrashAsync(chance);

    public Task CorruptAsync(Random chance) => Task.CompletedTask;

    /// <summary>
    /// This node was put back: its receipts are gone with the epoch, and no bundle of its lost history is taken any
    /// more.
    /// </summary>
    public void Restored()
    {
        Newest = null;
        peer.Ends.Find(end => end.Peer == machine)!._taken.Clear();
    }

    public void Started()
    {
        link.BeginSession();
        _peerEpoch = peer.Node.Store.Epoch.ToString();
        _giving.Clear();
        _taking.Clear();
        var flows = Flows();
        (_source, _sink) = (flows.Source(peer.Node.Id), flows.Sink(peer.Node.Id));
    }

    /// <summary>Something that came long ago comes once more, as with an old bundle.</summary>
    public async Task ReplayAsync()
    {
        var sink = Flows().Sink(peer.Node.Id);
        var cursor = await sink.AppliedAsync(default);
        if (_taken.Count == 0 || cursor.Position == 0)
        {
            return;
        }

        var erased = _taken.FindAll(
            change => change.Record is not null && machine.Erased.Contains(SyncChanges.Key(change)));
        if (random.Next(2) == 0 || erased.Count > 0)
        {
            // Only the fence knows then what was taken back.
            await machine.PurgeAsync();
        }

        world.Injected("a replay of old changes");
        var first = random.Next(_taken.Count);
        List<SyncChange> old = [.. _taken.Skip(first).Take(random.Next(1, 30))];
        if (erased.Count > 0)
        {
            // Without the removal that came later, which would tell once more what the fence has to know.
            old = [erased[first % erased.Count]];
        }

        old = await WithFencesAsync(old);
        world.Trace?.Invoke($"{Id} gets once more {string.Join(", ", old.Select(SyncChanges.Key))}");
        var batch = new SyncBatch { From = cursor, To = cursor };
        batch.Changes.AddRange(old.Select(change => change.Clone()));
        await sink.ApplyAsync(batch, default);
        CameBack(await node.Store.GetManyAsync([.. batch.Changes.Select(SyncChanges.Key)], default));
    }

    // What is about no person has no fence: without its tombstone it is back until the digests are compared.
    private async Task<List<SyncChange>> WithFencesAsync(List<SyncChange> changes)
    {
        var stored = await node.Store.GetManyAsync([.. changes.Select(SyncChanges.Key)], default);
        return [.. changes.Where(
            (change, i) => stored[i] is not null || SyncChanges.Key(change).Kind is "worker" or "placement_event")];
    }

    private SyncFlows Flows() =>
        node.Flows(world.Misread is { } misread ? misread(node.Id, link.Agreement) : link.Agreement);

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
        (_begunUnder, _seenEpoch) = (link.Agreement.Version, _peerEpoch);
        var given = await oracle.GivenAsync(link, node);
        var keys = page.Changes.Select(change => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(SyncChanges.Key(change)));
        var rows = await DisclosureRegister.FindAsync(node.Store, peer.Node.Id, [.. keys], default);
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
            : oracle.Wrong(link, record) is { } wrong ? $"'{Id}' sends {key}, and {wrong}."
            : null;
    }

    private async Task<SyncInput> ApplyAsync(SyncBatch batch)
    {
        var changes = batch.Changes.Where(change => change.Returned is not { Last: true }).ToList();
        var keys = changes.ConvertAll(change => SyncChanges.Key(FlowReturns.Held(change)));
        var before = await node.Store.GetManyAsync(keys, default);
        SyncAck ack;
        try
        {
            var taken = world.Tamper is { } tamper ? tamper(Id, batch) : batch;
            ack = taken is null
                ? new SyncAck { Applied = batch.To }
                : await _sink!.ApplyAsync(taken, default);
        }
        finally
        {
            // Also what was stored and said to have failed.
            var after = await node.Store.GetManyAsync(keys, default);
            Applied(changes, before, after, isOfLostHistory: batch.To.Epoch != peer.Node.Store.Epoch.ToString());
        }

        return new SyncInput.BatchApplied(ack);
    }

    private void Applied(
        List<SyncChange> changes,
        IReadOnlyList<StoredRecord?> before,
        IReadOnlyList<StoredRecord?> after,
        bool isOfLostHistory)
    {
        if (SyncChanges.AreReturns(changes))
        {
            world.Returns.Taken(node, link, changes, before, after);
            return;
        }

        for (var i = 0; i < after.Count; i++)
        {
            if (before[i] is { } old && after[i] is { } now && old.Position != now.Position
                && old.Version == now.Version && old.Revision == now.Revision)
            {
                world.Broken ??= $"{now.Key} {now.Version} took effect twice at '{Id}'.";
            }
        }

        foreach (var change in changes.Where(change => change.Removal is not null && isOfLostHistory))
        {
            world.Returns.TakenBack(peer.Node, node, SyncChanges.Key(change));
        }

        CameBack(after);
        _taken.AddRange(changes);
        machine.Erased.UnionWith(changes
            .Where(change => change.Removal is { ConsentVersion: RemovalNote.Erased })
            .Select(SyncChanges.Key)
            .Where(key => after.Any(record => record is { IsTombstone: true } && record.Key == key)));
    }

    private void CameBack(IReadOnlyList<StoredRecord?> stored)
    {
        foreach (var record in stored)
        {
            if (record is { IsTombstone: false } && machine.Erased.Contains(record.Key))
            {
                world.Broken ??= $"{record.Key} was erased at '{Id}', and it came back.";
            }
        }
    }
}
