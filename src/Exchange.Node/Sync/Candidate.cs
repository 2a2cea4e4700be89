using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// A record of this node, or one that it passes on, that is to be held against what a peer may see.
/// </summary>
/// <param name="Stored">The record.</param>
/// <param name="Key">Its key as <see cref="RecordKeyBytes"/> writes it.</param>
/// <param name="Kind">What may flow of its kind; null when it isn't in the agreement, or no longer.</param>
/// <param name="Row">What the peer was sent of it before; null when nothing ever was.</param>
/// <param name="Sight">
/// What brought it into the peer's sight: the value of its <see cref="Sightings"/> entry; null when nothing did.
/// </param>
internal readonly record struct Candidate(
    StoredRecord Stored,
    ReadOnlyMemory<byte> Key,
    KindTerms? Kind,
    DisclosureRow? Row,
    ReadOnlyMemory<byte>? Sight)
{
    /// <summary>The node that the record is at home at, when it isn't this one; null for an own record.</summary>
    public string? Origin { get; init; }

    /// <summary>It isn't passed on, or no longer; what the peer was given of it is taken back.</summary>
    public bool IsBarred { get; init; }

    /// <summary>The peer never saw it, and nothing names it to the peer.</summary>
    public bool IsUnseen => this is { Row: null, Held: null, Kind.IsForNamedOnly: true, Sight: null };

    /// <summary>A placement event brought it into the peer's sight.</summary>
    public bool IsSighted => Sight is not null && !IsSightOver;

    /// <summary>Nothing that brought it into sight holds any more.</summary>
    public bool IsSightOver { get; init; }

    /// <summary>Whether anything holds that brought it into sight can't be told: an event is damaged.</summary>
    public bool IsSightUnknown { get; init; }

    /// <summary>What brought it into sight may be void.</summary>
    public bool IsDoubted { get; init; }

    /// <summary>
    /// The purposes, by their bits, for which a person that it names may not be known to the peer, or no longer.
    /// </summary>
    public uint Lacking { get; init; }

    /// <summary>The retraction of it that the peer hasn't acknowledged; null when there is none.</summary>
    public OpenRetraction? Open { get; init; }

    /// <summary>
    /// What the peer holds of a record that is to be repaired, which the next word about it must be newer than; null
    /// for one that isn't.
    /// </summary>
    public HeldView? Held { get; init; }
}
