namespace Exchange.Benchmarks.Syncing;

/// <summary>One sync as it was measured.</summary>
/// <param name="Seconds">From the order to sync until both digests were found equal.</param>
/// <param name="Sender">Processor seconds of the giving process.</param>
/// <param name="Receiver">Processor seconds of the receiving process.</param>
internal sealed record SyncTime(double Seconds, double Sender, double Receiver)
{
    public double Milliseconds => Seconds * 1000;
}

/// <summary>What the parts of a first sync reach by themselves, in records a second.</summary>
/// <param name="Pipeline">Feed scan, stream and one upsert transaction a batch.</param>
/// <param name="Registered">The same with a durable row for each record before it is sent.</param>
/// <param name="Bulk">The receiving engine, filled with finished records.</param>
internal sealed record SyncCeilings(double Pipeline, double Registered, double Bulk);

/// <summary>All figures of one size, in workers; a first sync brings their households too.</summary>
internal sealed record SyncFigures(
    int Size,
    int Records,
    SyncCeilings Ceilings,
    SyncTime Cold,
    SyncTime Warm,
    int Changed,
    SyncTime ColdDelta,
    SyncTime WarmDelta,
    SyncTime ColdEmpty,
    SyncTime WarmEmpty,
    TimeSpan Start,
    long SenderMemory,
    long ReceiverMemory);
