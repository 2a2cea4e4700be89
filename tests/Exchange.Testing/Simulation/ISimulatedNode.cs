using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>A node as the simulation drives it: what it does for a session, and what may happen to it.</summary>
internal interface ISimulatedNode
{
    /// <summary>The node's id.</summary>
    string Id { get; }

    /// <summary>The epoch of its feed.</summary>
    string Epoch { get; }

    /// <summary>How far it has durably applied the peer's feed.</summary>
    Task<FeedCursor> AppliedAsync();

    /// <summary>The newest receipt; null when there is none.</summary>
    SyncReceipt? Newest { get; }

    /// <summary>Starts what the session asked for.</summary>
    SimulatedOperation Start(SyncAction action);

    /// <summary>Whether there is something to read behind a cursor.</summary>
    Task<bool> HasMovedAsync(FeedCursor after);

    /// <summary>Writes something of its own.</summary>
    Task WriteAsync(Random random);

    /// <summary>Loses all that isn't durable.</summary>
    Task CrashAsync(Random random);

    /// <summary>Something that it stored is changed behind its back.</summary>
    Task CorruptAsync(Random random);

    /// <summary>A session began.</summary>
    void Started();
}
