namespace Exchange.Node.Sync;

/// <summary>
/// The data side of sync: one source and one sink for each peer with an agreement. Asking twice for the same peer is
/// cheap and gives ports over the same durable state; a session asks once, at its start, so that a new version of an
/// agreement takes effect with the next session.
/// </summary>
internal interface ISyncFlows
{
    /// <summary>What this node gives to a peer.</summary>
    /// <param name="peer">The peer's node id; a configured one, which the session has checked.</param>
    ISyncSource Source(string peer);

    /// <summary>Where this node puts what a peer gives.</summary>
    /// <param name="peer">The peer's node id; a configured one, which the session has checked.</param>
    ISyncSink Sink(string peer);
}
