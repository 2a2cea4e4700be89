using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// What a session needs to know of an agreement: enough to tell whether both sides hold the same one, and when.
/// </summary>
/// <param name="Id">The agreement's id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Digest">The SHA-256 of its deterministic serialization.</param>
internal sealed record SyncAgreement(string Id, uint Version, ByteString Digest)
{
    /// <summary>The first day; null when it has always been in force.</summary>
    public DateOnly? ValidFrom { get; init; }

    /// <summary>The last day; null when no end was agreed.</summary>
    public DateOnly? ValidTo { get; init; }

    /// <summary>Whether the agreement is in force on a day.</summary>
    public bool IsInForce(DateOnly day) =>
        (ValidFrom is not { } from || day >= from) && (ValidTo is not { } to || day <= to);

    /// <summary>Whether both are the same version of the same text.</summary>
    public bool IsSame(string id, uint version, ByteString digest) =>
        Id == id && Version == version && Digest.Equals(digest);
}
