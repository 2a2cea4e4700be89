using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What a <see cref="SyncSession"/> wants done. A closed family. Frames are sent and receipts stored in the order
/// given; of each other kind at most one is under way at a time. Each but Send, Report and NoteOutages is answered by
/// one input, unless the session ends first.
/// </summary>
internal abstract record SyncAction
{
    private SyncAction()
    {
    }

    /// <summary>Send a frame to the peer.</summary>
    public sealed record Send(SyncFrame Frame) : SyncAction;

    /// <summary>Read the next page from the source.</summary>
    public sealed record ReadPage(FeedCursor After) : SyncAction;

    /// <summary>
    /// Read the next page of what is given back to a peer that was restored; answered like <see cref="ReadPage"/>.
    /// </summary>
    /// <param name="After">Where the peer stands in our feed.</param>
    /// <param name="Epoch">The epoch of the peer's feed.</param>
    public sealed record ReadReturns(FeedCursor After, string Epoch) : SyncAction;

    /// <summary>Apply a batch durably.</summary>
    public sealed record ApplyBatch(SyncBatch Batch) : SyncAction;

    /// <summary>Tell the source durably that the peer holds a page.</summary>
    public sealed record ConfirmPage(OutgoingPage Page, SyncAck Ack) : SyncAction;

    /// <summary>Compute the digest of what was given (outgoing) or of what is held (incoming).</summary>
    /// <param name="Direction">Which.</param>
    /// <param name="WithBuckets">With its buckets.</param>
    /// <param name="Anew">From what is stored and not from the running sums, which are set right on the way.</param>
    public sealed record ComputeDigest(SyncDirection Direction, bool WithBuckets, bool Anew = false) : SyncAction;

    /// <summary>Answer what is held in some buckets.</summary>
    public sealed record Inspect(SyncInspect Question) : SyncAction;

    /// <summary>Hold a page of what the peer holds against the register, and queue what is to be sent again.</summary>
    /// <param name="Question">What was asked.</param>
    /// <param name="Page">The answer.</param>
    /// <param name="After">From which key on the page is still to be compared.</param>
    public sealed record CompareInspection(
        SyncInspect Question, SyncInspection Page, ReadOnlyMemory<byte> After) : SyncAction;

    /// <summary>Wait until there may be something to read behind a cursor.</summary>
    public sealed record WaitForFeed(FeedCursor After) : SyncAction;

    /// <summary>Store a complete receipt durably.</summary>
    public sealed record StoreReceipt(SyncReceipt Receipt) : SyncAction;

    /// <summary>Store durably what the peer tells of records that it passed on.</summary>
    public sealed record StorePassedOn(SyncPassedOn Told) : SyncAction;

    /// <summary>
    /// The peer has stored a report of what this node passed on. Answered by <see cref="SyncInput.PassedOnRead"/>.
    /// </summary>
    public sealed record ConfirmPassedOn(ulong Number) : SyncAction;

    /// <summary>Both sides have caught up and compared: note it, for people. Has no answer.</summary>
    public sealed record Report(SyncProgress Progress) : SyncAction;

    /// <summary>The peer planned other outages than it had: note them. Has no answer.</summary>
    /// <param name="Outages">All of the peer's that aren't over.</param>
    public sealed record NoteOutages(IReadOnlyList<PlannedOutage> Outages) : SyncAction;

    /// <summary>End the session with a failure. Always the last action.</summary>
    public sealed record Fail(SyncFailure Failure) : SyncAction;

    /// <summary>End the session in good order. Always the last action.</summary>
    public sealed record Finish(SyncEnd End) : SyncAction;
}

/// <summary>The two directions of a session, seen from this node.</summary>
internal enum SyncDirection
{
    /// <summary>What this node gives.</summary>
    Outgoing,

    /// <summary>What the peer gives.</summary>
    Incoming,
}

/// <summary>How a session ended that didn't fail.</summary>
internal enum SyncEnd
{
    /// <summary>Nightly mode: both sides caught up and exchanged receipts.</summary>
    Completed,

    /// <summary>The peer said goodbye. Connect again later.</summary>
    PeerLeft,
}
