using Exchange.Node.Sync;
using Exchange.Testing.Simulation;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync;

// Each breaks one promise of a source or sink. The simulation must find every one of them, or it proves nothing.

/// <summary>Answers a batch at once and commits it some time later.</summary>
internal sealed class EarlyAcknowledger(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    private readonly Queue<SyncBatch> _volatile = new();

    public override SimulatedOperation Start(SyncAction action)
    {
        while (_volatile.TryDequeue(out var batch))
        {
            ApplyChanges(batch);
            Applied = batch.To;
        }

        return base.Start(action);
    }

    public override Task CrashAsync(Random chance)
    {
        _volatile.Clear();
        return base.CrashAsync(chance);
    }

    protected override SimulatedOperation Apply(SyncAction.ApplyBatch apply)
    {
        _volatile.Enqueue(apply.Batch);
        var ack = new SyncAck { Applied = apply.Batch.To.Clone() };
        return new SimulatedOperation(apply, () => Task.FromResult<SyncInput>(new SyncInput.BatchApplied(ack)));
    }
}

/// <summary>Commits cursor and records one after the other.</summary>
internal sealed class CursorFirstSink(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Apply(SyncAction.ApplyBatch apply) => new(
        apply,
        () => Task.FromResult<SyncInput>(new SyncInput.BatchApplied(new SyncAck { Applied = Applied.Clone() })),
        () =>
        {
            Applied = apply.Batch.To;
            return Task.CompletedTask;
        },
        () =>
        {
            ApplyChanges(apply.Batch);
            return Task.CompletedTask;
        });
}

/// <summary>Commits the records and only remembers the cursor.</summary>
internal sealed class ForgottenCursorSink(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Apply(SyncAction.ApplyBatch apply) => SimulatedOperation.Of(
        apply,
        () => ApplyChanges(apply.Batch),
        () => new SyncInput.BatchApplied(new SyncAck { Applied = apply.Batch.To.Clone() }));
}

/// <summary>Commits the records, never moves the cursor, and says so.</summary>
internal sealed class StuckCursorSink(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Apply(SyncAction.ApplyBatch apply) => SimulatedOperation.Of(
        apply,
        () => ApplyChanges(apply.Batch),
        () => new SyncInput.BatchApplied(new SyncAck { Applied = Applied.Clone() }));
}

/// <summary>Stores whatever comes, however old.</summary>
internal sealed class UnversionedSink(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override void ApplyChanges(SyncBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            var (record, view) = ModelView.Of(change);
            Keep(record, view);
        }
    }
}

/// <summary>Says that it stands at the head of the feed after every page.</summary>
internal sealed class HastySource(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override OutgoingPage MakePage(FeedCursor after) => base.MakePage(after) with { AtHead = true };
}

/// <summary>Registers what it disclosed only once the peer has it.</summary>
internal sealed class UnregisteringSource(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Read(SyncAction.ReadPage read)
    {
        OutgoingPage? page = null;
        return SimulatedOperation.Of(
            read, () => page = MakePage(read.After), () => new SyncInput.PageRead(page!));
    }

    protected override SimulatedOperation Confirm(SyncAction.ConfirmPage confirm)
    {
        Disclose(confirm.Page);
        return base.Confirm(confirm);
    }
}

/// <summary>Takes a page for delivered as soon as it was read.</summary>
internal sealed class OverconfidentSource(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Read(SyncAction.ReadPage read)
    {
        OutgoingPage? page = null;
        return SimulatedOperation.Of(
            read,
            () =>
            {
                page = MakePage(read.After);
                Disclose(page);
                Confirmed = page.To;
            },
            () => new SyncInput.PageRead(page!));
    }
}

/// <summary>Drops re-projections from the queue as soon as they were read.</summary>
internal sealed class ForgetfulQueue(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Read(SyncAction.ReadPage read)
    {
        OutgoingPage? page = null;
        return SimulatedOperation.Of(
            read,
            () =>
            {
                page = MakePage(read.After);
                Disclose(page);
                foreach (var key in page.Reprojections)
                {
                    Feed.Reprojections.Remove(BitConverter.ToInt32(key.Span));
                }
            },
            () => new SyncInput.PageRead(page!));
    }
}

/// <summary>Was restored, and doesn't listen to what its peer knows.</summary>
internal sealed class DeafHome(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override void TakeBack(SyncBatch batch)
    {
    }
}

/// <summary>Gives back, but goes on as if its peer still held what it was sent out of turn.</summary>
internal sealed class ForgetfulGiver(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override void LearnOfRestore(string epoch, FeedCursor after)
    {
        var queued = Feed.Reprojections.ToList();
        base.LearnOfRestore(epoch, after);
        Feed.Reprojections.Clear();
        queued.ForEach(entry => Feed.Reprojections.Add(entry.Key, entry.Value));
    }
}

/// <summary>Sends a repair as it was sent before: the peer takes it for a repeat.</summary>
internal sealed class UnforcedRepairs(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override OutgoingPage MakeRepairs(FeedCursor after)
    {
        var page = base.MakeRepairs(after);
        foreach (var record in page.Changes.Select(change => change.Record).OfType<Record>())
        {
            record.Projection.Revision = 0;
        }

        return page;
    }
}

/// <summary>Forgets all that is to be repaired once a page was made of it.</summary>
internal sealed class ForgetfulRepairs(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override OutgoingPage MakeRepairs(FeedCursor after)
    {
        var page = base.MakeRepairs(after);
        Repairs.Clear();
        return page;
    }
}

/// <summary>Asked to count anew, it says its running sum.</summary>
internal sealed class TrustingSink(string id, string peer, Random random) : ModelNode(id, peer, random)
{
    protected override SimulatedOperation Recount(SyncAction.ComputeDigest digest)
    {
        var taken = new SyncDigest();
        return SimulatedOperation.Of(
            digest,
            () => taken = (digest.Direction == SyncDirection.Outgoing ? GivenSums : HeldSums).ToDigest(true),
            () => new SyncInput.DigestReady(digest.Direction, taken));
    }
}
