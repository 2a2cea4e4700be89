using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>A record of this node that is to be held against what a peer may see.</summary>
/// <param name="Stored">The record.</param>
/// <param name="Key">Its key as <see cref="RecordKeyBytes"/> writes it.</param>
/// <param name="Kind">What may flow of its kind; null when it isn't in the agreement, or no longer.</param>
/// <param name="Row">What the peer was sent of it before; null when nothing ever was.</param>
/// <param name="IsSighted">A placement event brought it into the peer's sight.</param>
internal readonly record struct Candidate(
    StoredRecord Stored, ReadOnlyMemory<byte> Key, KindTerms? Kind, DisclosureRow? Row, bool IsSighted);
