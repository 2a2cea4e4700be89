using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>A change from a peer, read and checked: either something to store, or a reason why not.</summary>
internal sealed class IncomingChange
{
    /// <summary>What came.</summary>
    public required SyncChange Change { get; init; }

    /// <summary>The record that it is about; a made-up one when the change names none that can be.</summary>
    public required RecordKey Key { get; init; }

    /// <summary>The key as <see cref="RecordKeyBytes"/> writes it.</summary>
    public required ReadOnlyMemory<byte> KeyBytes { get; init; }

    /// <summary>The record's bucket in the digest.</summary>
    public required int Bucket { get; init; }

    /// <summary>The change names a record, so that its sender counts it in the digest.</summary>
    public bool IsNamed { get; init; } = true;

    /// <summary>It is about a person, or of a kind that this version doesn't know.</summary>
    public bool IsPersonal { get; init; }

    /// <summary>Its version.</summary>
    public RecordVersion Version { get; init; }

    /// <summary>Which view of that version.</summary>
    public uint Revision { get; init; }

    /// <summary>What it adds to the digest; null for a removal.</summary>
    public UInt128? Item { get; init; }

    /// <summary>What to store; null when it was refused.</summary>
    public RecordPut? Put { get; init; }

    /// <summary>What its kind tells of it.</summary>
    public RecordFacts Facts { get; init; } = RecordFacts.None;

    /// <summary>Why it goes to quarantine; null when it may be stored.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The same change, refused after all.</summary>
    public IncomingChange Refuse(Refusal refusal) => new()
    {
        Change = Change,
        Key = Key,
        KeyBytes = KeyBytes,
        Bucket = Bucket,
        IsNamed = IsNamed,
        IsPersonal = IsPersonal,
        Version = Version,
        Revision = Revision,
        Item = Item,
        Refusal = refusal,
    };

    /// <summary>
    /// The same change, taking the place of a version that a clock stamped which had run away: no version is newer than
    /// that until its time has come.
    /// </summary>
    public IncomingChange Overrule(RecordVersion runaway) => new()
    {
        Change = Change,
        Key = Key,
        KeyBytes = KeyBytes,
        Bucket = Bucket,
        IsNamed = IsNamed,
        IsPersonal = IsPersonal,
        Version = Version,
        Revision = Revision,
        Item = Item,
        Facts = Facts,
        Put = new RecordPut
        {
            Key = Key,
            Version = Put!.Version,
            Revision = Put.Revision,
            IsTombstone = Put.IsTombstone,
            Envelope = Put.Envelope,
            Payload = Put.Payload,
            Keys = Put.Keys,
            Expect = Expectation.At(runaway),
        },
    };

    /// <summary>Orders changes of one record.</summary>
    public int CompareTo(RecordVersion version, uint revision)
    {
        var order = Version.CompareTo(version);
        return order != 0 ? order : Revision.CompareTo(revision);
    }
}

/// <summary>Why a change goes to quarantine.</summary>
/// <param name="Reason">One of the CHANGE_ reasons.</param>
/// <param name="Message">In words, without personal data.</param>
internal sealed record Refusal(ErrorReason Reason, string Message)
{
    /// <summary>The change can't be read, or contradicts itself.</summary>
    public static Refusal Invalid(string detail) =>
        new(ErrorReason.ChangeInvalid, $"The change can't be read: {detail}.");

    /// <summary>The record belongs to another node.</summary>
    public static Refusal NotFromHome(string sender) =>
        new(ErrorReason.ChangeNotFromHome, $"'{sender}' isn't the record's home node, which alone may change it.");
}
