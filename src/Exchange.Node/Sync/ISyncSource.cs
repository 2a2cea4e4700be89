using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What this node gives to one peer: pages of its feed, projected, and registered as disclosed before they are
/// returned.
/// </summary>
internal interface ISyncSource
{
    /// <summary>
    /// Reads the next page. Waiting re-projections come first, as a page whose <c>From</c> equals its <c>To</c>; then
    /// the feed
    /// behind <paramref name="after"/>. A cursor of a foreign epoch reads from the start. The disclosure register
    /// holds every
    /// change of the page durably when this returns.
    /// </summary>
    Task<OutgoingPage> ReadAsync(FeedCursor after, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the next page of what this node gives back to a peer that was restored from a backup: what it applied of
    /// the
    /// peer's since the peer had read our feed up to <paramref name="after"/>. The last page says so. Goes on behind
    /// the
    /// last page that was confirmed.
    /// </summary>
    /// <param name="after">Where the peer stands in our feed.</param>
    /// <param name="epoch">The epoch of the peer's feed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<OutgoingPage> ReadReturnsAsync(FeedCursor after, string epoch, CancellationToken cancellationToken);

    /// <summary>
    /// Marks the page's disclosures confirmed, drops its re-projections and keeps the peer's cursor, durably, and what
    /// the ack says that the peer put aside. A page that is nothing brings only that.
    /// </summary>
    Task ConfirmAsync(OutgoingPage page, SyncAck ack, CancellationToken cancellationToken);

    /// <summary>
    /// Completes once there may be something behind a cursor, or a re-projection. May complete early.
    /// </summary>
    Task WaitAsync(FeedCursor after, CancellationToken cancellationToken);

    /// <summary>
    /// The digest of what the register says the peer should hold once everything sent so far is applied.
    /// </summary>
    Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken);

    /// <summary>
    /// The same, counted anew from the register, and each row held against this node's own record. A running sum that
    /// is wrong is set right; a view that isn't what the register says is queued to be sent again.
    /// </summary>
    Task<Recount> RecountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Holds a part of a page of what the peer holds against the register, and queues durably what is to be sent again
    /// or taken back.
    /// </summary>
    /// <param name="question">What the peer was asked.</param>
    /// <param name="page">Its answer, found to be in order.</param>
    /// <param name="after">From which key on the page is still to be compared.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<Comparison> CompareAsync(
        SyncInspect question,
        SyncInspection page,
        ReadOnlyMemory<byte> after,
        CancellationToken cancellationToken);
}

/// <summary>One page of changes for a peer.</summary>
/// <param name="From">Where the page begins.</param>
/// <param name="To">Where it ends; equal to <paramref name="From"/> for re-projections.</param>
/// <param name="Changes">
/// At most 1,000 changes and about 1 MiB; may be empty when nothing up to <paramref name="To"/> may flow.
/// </param>
/// <param name="AtHead">Nothing lay behind the page when it was read.</param>
/// <param name="Reprojections">
/// Keys of the re-projection queue that the page answers; dropped when it is confirmed.
/// </param>
internal sealed record OutgoingPage(
    FeedCursor From,
    FeedCursor To,
    IReadOnlyList<SyncChange> Changes,
    bool AtHead,
    IReadOnlyList<ReadOnlyMemory<byte>> Reprojections)
{
    /// <summary>
    /// The changes aren't those between <see cref="From"/> and <see cref="To"/>, so that the cursor doesn't acknowledge
    /// them. Stays so when the page takes an empty one before it along.
    /// </summary>
    public bool IsOutOfTurn { get; init; } = From.Equals(To);

    /// <summary>It says nothing, and moves nothing.</summary>
    public bool IsNothing => Changes.Count == 0 && Reprojections.Count == 0 && From.Equals(To);
}
