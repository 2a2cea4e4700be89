namespace Exchange.Store.Embedded;

/// <summary>Drops some tombstones; the next step goes on where this one ended.</summary>
internal sealed class PurgeJob(long after, long upTo, DateTimeOffset writtenBefore) : WriteJob<PurgeStep>
{
    private const int StepSize = 500;

    public override int Weight => StepSize;

    protected override PurgeStep Run(WriteContext context, out Exception? rejection)
    {
        rejection = null;
        var tombstones = context.Writer.Tombstones(after, upTo, StepSize);
        var dropped = 0;
        foreach (var tombstone in tombstones)
        {
            if (tombstone.Version.Time < writtenBefore)
            {
                context.Writer.Delete(tombstone);
                context.State.Count(tombstone.Key.Kind, 0, -1);
                context.State.Floor = Math.Max(context.State.Floor, tombstone.Position.Value);
                dropped++;
            }
        }

        context.Changed |= dropped > 0;
        return new PurgeStep(dropped, tombstones.Count < StepSize ? null : tombstones[^1].Position.Value);
    }
}

/// <summary>What one step of a purge did.</summary>
/// <param name="Dropped">How many tombstones went.</param>
/// <param name="Next">Where the next step goes on; null at the end.</param>
internal sealed record PurgeStep(int Dropped, long? Next);

/// <summary>Forgets some expired request ids; returns whether there may be more.</summary>
internal sealed class ForgetRequestsJob : WriteJob<bool>
{
    private const int StepSize = 500;

    public override int Weight => StepSize;

    protected override bool Run(WriteContext context, out Exception? rejection)
    {
        rejection = null;
        return RequestLog.Forget(context, StepSize) == StepSize;
    }
}

/// <summary>Asks for what was replaced to be dropped from the engine's files, once the transaction is over.</summary>
internal sealed class ScrubJob : WriteJob<bool>
{
    protected override bool Run(WriteContext context, out Exception? rejection)
    {
        rejection = null;
        context.Scrubs = true;
        return true;
    }
}

/// <summary>Begins a new epoch, after a restore or because the clock begins anew.</summary>
internal sealed class EpochJob(bool restartsClock) : WriteJob<Guid>
{
    protected override Guid Run(WriteContext context, out Exception? rejection)
    {
        rejection = null;
        if (restartsClock)
        {
            context.Clock.Restart();
        }
        else
        {
            // The first one stands: a second restore, before partners gave back what the first lost, loses that as
            // well.
            var now = context.Time.GetUtcNow();
            context.State.Restored ??= new RestorePoint(context.State.Clock, now);

            // What is written from now on is told from what was lost by its time, even if the wall clock steps back.
            context.Clock.Observe((ulong)(now.ToUnixTimeMilliseconds() + 1) << HybridClock.CounterBits);
        }

        context.State.Epoch = Guid.CreateVersion7(context.Time.GetUtcNow());
        context.Changed = true;
        return context.State.Epoch;
    }
}
