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

    /// <summary>The record's home: the sender, or a node whose records it passes on.</summary>
    public required string Home { get; init; }

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

    /// <summary>The other giver's copy, or its removal, whose place it takes; null for most changes.</summary>
    public StoredRecord? TakenOver { get; init; }

    /// <summary>Why it goes to quarantine; null when it may be stored.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The same change, refused after all.</summary>
    public IncomingChange Refuse(Refusal refusal) => With(put: null, refusal);

    /// <summary>The same change, with nothing to store: what is stored came from another giver and stays.</summary>
    public IncomingChange Leave() => With(put: null, refusal: null);

    /// <summary>The same change, taking the place of what another giver gave, whichever is newer.</summary>
    public IncomingChange TakeOver(StoredRecord standing) => Overrule(standing.Version, standing);

    /// <summary>
    /// The same change, taking the place of a version that a clock stamped which had run away: no version is newer than
    /// that until its time has come.
    /// </summary>
    public IncomingChange Overrule(RecordVersion runaway) => Overrule(runaway, takenOver: null);

    private IncomingChange Overrule(RecordVersion standing, StoredRecord? takenOver) => With(
        new RecordPut
        {
            Key = Key,
            Version = Put!.Version,
            Revision = Put.Revision,
            IsTombstone = Put.IsTombstone,
            ForgetsPrevious = Put.ForgetsPrevious,
            Envelope = Put.Envelope,
            Payload = Put.Payload,
            Keys = Put.Keys,
            Expect = Expectation.At(standing),
        },
        refusal: null,
        takenOver);

    private IncomingChange With(RecordPut? put, Refusal? refusal, StoredRecord? takenOver = null) => new()
    {
        Change = Change,
        Key = Key,
        KeyBytes = KeyBytes,
        Home = Home,
        Bucket = Bucket,
        IsNamed = IsNamed,
        IsPersonal = IsPersonal,
        Version = Version,
        Revision = Revision,
        Item = Item,
        Facts = put is null ? RecordFacts.None : Facts,
        Put = put,
        TakenOver = takenOver,
        Refusal = refusal,
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
    /// <summary>It is never applied, and nothing of it may be kept.</summary>
    public bool IsForGood { get; init; }

    /// <summary>The change can't be read, or contradicts itself.</summary>
    public static Refusal Invalid(string detail) =>
        new(ErrorReason.ChangeInvalid, $"The change can't be read: {detail}.");

    /// <summary>The record belongs to another node.</summary>
    public static Refusal NotFromHome(string sender) =>
        new(ErrorReason.ChangeNotFromHome, $"'{sender}' isn't the record's home node, which alone may change it.");

    /// <summary>Another node took the sender's place.</summary>
    public static Refusal Succeeded(string sender, string heir) => new(
        ErrorReason.ChangeNotFromHome, $"'{heir}' took the place of '{sender}', and alone may change its records.");

    /// <summary>Another node gave the record before.</summary>
    public static Refusal HeldFromAnother(string giver) => new(
        ErrorReason.ChangeHeldFromAnother,
        $"The record is held from '{giver}'. This copy takes its place once that is taken back.");

    /// <summary>The record's home erased it, and the sender hasn't heard so yet.</summary>
    public static Refusal ErasedElsewhere(string giver) => new(
        ErrorReason.ChangeHeldFromAnother, $"The person's data was erased, as '{giver}' told. It wasn't kept.")
    {
        IsForGood = true,
    };
}
