using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>What can happen to a <see cref="SyncSession"/>. A closed family.</summary>
internal abstract record SyncInput
{
    private SyncInput()
    {
    }

    /// <summary>Says only that time passes: a tick, or a heartbeat of the peer.</summary>
    public bool IsIdle =>
        this is Tick or PutAsideListed or OutagesChanged or PassedOnRead
            or FrameReceived { Frame.FrameCase: SyncFrame.FrameOneofCase.Heartbeat };

    /// <summary>The stream is open.</summary>
    /// <param name="Applied">How far the peer's feed has been applied durably.</param>
    /// <param name="Newest">The newest receipt held; null when there is none.</param>
    public sealed record Connected(FeedCursor Applied, SyncReceipt? Newest = null) : SyncInput;

    /// <summary>A frame came from the peer.</summary>
    public sealed record FrameReceived(SyncFrame Frame) : SyncInput;

    /// <summary>Answers <see cref="SyncAction.ReadPage"/>.</summary>
    public sealed record PageRead(OutgoingPage Page) : SyncInput;

    /// <summary>Answers <see cref="SyncAction.ApplyBatch"/>: the batch is durable.</summary>
    public sealed record BatchApplied(SyncAck Ack) : SyncInput;

    /// <summary>What this node put aside of what the peer gave: at the start, and after a retry.</summary>
    /// <param name="List">An ack with sequence 0.</param>
    public sealed record PutAsideListed(SyncAck List) : SyncInput;

    /// <summary>Answers <see cref="SyncAction.ConfirmPage"/>.</summary>
    public sealed record PageConfirmed : SyncInput;

    /// <summary>Answers <see cref="SyncAction.ComputeDigest"/>.</summary>
    /// <param name="Direction">Which.</param>
    /// <param name="Digest">The digest.</param>
    /// <param name="Recount">What was found when it was counted anew; null when it wasn't.</param>
    public sealed record DigestReady(
        SyncDirection Direction, SyncDigest Digest, Recount? Recount = null) : SyncInput;

    /// <summary>Answers <see cref="SyncAction.Inspect"/>.</summary>
    public sealed record Inspected(SyncInspection Page) : SyncInput;

    /// <summary>
    /// Answers <see cref="SyncAction.CompareInspection"/>: what is to be sent again is queued durably.
    /// </summary>
    public sealed record InspectionCompared(Comparison Comparison) : SyncInput;

    /// <summary>Answers <see cref="SyncAction.WaitForFeed"/>. May come early.</summary>
    public sealed record FeedMoved : SyncInput;

    /// <summary>Answers <see cref="SyncAction.StoreReceipt"/>: the receipt is durable.</summary>
    public sealed record ReceiptStored(SyncReceipt Receipt) : SyncInput;

    /// <summary>This node's planned outages changed.</summary>
    /// <param name="Outages">All that aren't over.</param>
    public sealed record OutagesChanged(IReadOnlyList<PlannedOutage> Outages) : SyncInput;

    /// <summary>What this node has to tell the peer of records that it passed on; null for nothing.</summary>
    public sealed record PassedOnRead(SyncPassedOn? Report) : SyncInput;

    /// <summary>Answers <see cref="SyncAction.StorePassedOn"/>: the report is durable.</summary>
    public sealed record PassedOnStored(SyncPassedOn Report) : SyncInput;

    /// <summary>Time passed. Comes about once a second; everything that depends on time happens here.</summary>
    public sealed record Tick : SyncInput;

    /// <summary>
    /// This side must leave: what is being committed is finished, then the session fails with the reason.
    /// </summary>
    public sealed record StopRequested(SyncFailure Why) : SyncInput;

    /// <summary>The peer will send nothing more.</summary>
    /// <param name="Why">The status that it ended with; null when it only closed its side.</param>
    public sealed record StreamEnded(SyncFailure? Why = null) : SyncInput;
}
