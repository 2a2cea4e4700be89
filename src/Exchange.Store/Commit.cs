namespace Exchange.Store;

/// <summary>What <see cref="IRecordStore.CommitAsync"/> stores whole or not at all.</summary>
public sealed record Commit
{
    /// <summary>
    /// Up to 10,000 records to write, in order. Each enters the feed at a new position. No key may occur twice.
    /// </summary>
    public IReadOnlyList<RecordPut> Puts { get; init; } = [];

    /// <summary>Entries of named collections to write or delete.</summary>
    public IReadOnlyList<EntryWrite> Entries { get; init; } = [];

    /// <summary>
    /// Up to 10,000 payloads to put into the place of others that say the same: no record moves in the feed, and none
    /// gets another version. None of them may be of a record in <see cref="Puts"/>.
    /// </summary>
    public IReadOnlyList<PayloadReplacement> Replacements { get; init; } = [];

    /// <summary>Makes the commit safe to repeat for 35 days; null for a commit that is idempotent by itself.</summary>
    public RequestId? Request { get; init; }

    /// <summary>
    /// Called inside the commit, after <see cref="Puts"/> were applied and before anything is flushed, with what each
    /// put did; returns further entries to write. Must be quick, must not block, and may run again if the commit is
    /// retried.
    /// </summary>
    public Func<IReadOnlyList<PutOutcome>, IEnumerable<EntryWrite>>? Derive { get; init; }

    /// <summary>
    /// What the store's <see cref="CommitSeal"/> is told about this commit, if it has one; null when it isn't told. A
    /// commit may have nothing but a note.
    /// </summary>
    public object? Note { get; init; }
}

/// <summary>One record to write.</summary>
public sealed record RecordPut
{
    public required RecordKey Key { get; init; }

    /// <summary>
    /// The version to store, for a replicated record; null lets the store's clock assign one inside the commit.
    /// </summary>
    public RecordVersion? Version { get; init; }

    /// <inheritdoc cref="StoredRecord.Revision"/>
    public uint Revision { get; init; }

    /// <summary>The record is gone; such a put has neither payload nor keys.</summary>
    public bool IsTombstone { get; init; }

    public ReadOnlyMemory<byte> Envelope { get; init; }

    /// <summary>With the envelope at most 8 MiB.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Up to 64 keys.</summary>
    public IReadOnlyList<IndexKey> Keys { get; init; } = [];

    /// <summary>
    /// Leaves nothing of the replaced version behind, also not its keys for readers of the live feed: for an erasure.
    /// </summary>
    public bool ForgetsPrevious { get; init; }

    /// <summary>What must be true of the stored record for this put to happen.</summary>
    public Expectation Expect { get; init; } = Expectation.Anything;
}

/// <summary>One payload that takes another's place, for a node that seals anew what it holds.</summary>
/// <param name="Key">The record.</param>
/// <param name="Was">What must be stored for it to happen; otherwise it is skipped.</param>
/// <param name="Payload">What to store instead.</param>
public sealed record PayloadReplacement(RecordKey Key, ReadOnlyMemory<byte> Was, ReadOnlyMemory<byte> Payload);

/// <summary>A caller's name for one attempt to write, and a digest of what it wrote.</summary>
/// <param name="Value">1 to 128 characters, unique to the request; callers prefix it with who asked.</param>
/// <param name="Digest">SHA-256 of the request; the same id with another digest is refused.</param>
public sealed record RequestId(string Value, ReadOnlyMemory<byte> Digest);

/// <summary>What must be true of a stored record for a put to happen.</summary>
public readonly record struct Expectation
{
    private Expectation(ExpectationKind kind, RecordVersion version = default)
    {
        Kind = kind;
        Version = version;
    }

    public ExpectationKind Kind { get; }

    /// <summary>The version that must be stored, for <see cref="ExpectationKind.Version"/>.</summary>
    public RecordVersion Version { get; }

    public static Expectation Anything => default;

    /// <summary>No live record of that key; otherwise <see cref="VersionConflictException"/>.</summary>
    public static Expectation Absent => new(ExpectationKind.Absent);

    /// <summary>
    /// The put's (version, revision) is higher than the stored one; otherwise the put is skipped and its outcome says
    /// so. How replicated records are written.
    /// </summary>
    public static Expectation Newer => new(ExpectationKind.Newer);

    /// <summary>The stored record has exactly this version; otherwise <see cref="VersionConflictException"/>.</summary>
    public static Expectation At(RecordVersion version) => new(ExpectationKind.Version, version);
}

/// <summary>The kinds of <see cref="Expectation"/>.</summary>
public enum ExpectationKind
{
    Anything,
    Absent,
    Newer,
    Version,
}

/// <summary>What one put did.</summary>
/// <param name="Applied">False only for <see cref="Expectation.Newer"/> when the stored record was not older.</param>
/// <param name="Version">The stored version: the assigned one, the given one, or what stood there already.</param>
/// <param name="Position">The record's place in the feed.</param>
/// <param name="Previous">
/// What the put found and, if it was applied, replaced; null for a first version, and in the answer to a repeated
/// request.
/// </param>
public sealed record PutOutcome(bool Applied, RecordVersion Version, FeedPosition Position, StoredRecord? Previous);

/// <summary>What a commit did.</summary>
/// <param name="Puts">One outcome for each put, in order.</param>
/// <param name="Position">The feed's position after the commit.</param>
/// <param name="IsRepeat">
/// The request id was known: nothing was written now, the outcomes are those of the first time.
/// </param>
public sealed record CommitResult(IReadOnlyList<PutOutcome> Puts, FeedPosition Position, bool IsRepeat);
