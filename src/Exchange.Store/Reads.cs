namespace Exchange.Store;

/// <summary>A filtered read of live records by one declared key, in the order (value, id).</summary>
/// <param name="Kind">The kind to read.</param>
public sealed record RecordQuery(string Kind)
{
    /// <summary>The index to read by; null reads the whole kind in the order of ids.</summary>
    public string? Index { get; init; }

    /// <summary>The value looked for; ignored without <see cref="Index"/>.</summary>
    public string Value { get; init; } = "";

    /// <summary>Matches every value that begins with <see cref="Value"/>, as for places below a division.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>Where the last page ended; null for the first page. Survives concurrent writes.</summary>
    public QueryCursor? After { get; init; }

    /// <summary>How many records at most; 1 to 10,000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>
    /// A page ends with the record with which it holds so many bytes; at most 8 MiB, which is the default.
    /// </summary>
    public long MaxBytes { get; init; } = 8 << 20;
}

/// <summary>The last record of a page: its value in the index that was read (empty without one) and its id.</summary>
public sealed record QueryCursor(string Value, Guid Id);

/// <summary>A page of records and where the next one begins.</summary>
/// <param name="Records">The records; fewer than the limit at the end, and where its bytes are reached before.</param>
/// <param name="Next">Where to go on; null at the end.</param>
public sealed record RecordPage(IReadOnlyList<StoredRecord> Records, QueryCursor? Next);

/// <summary>A page of the feed.</summary>
/// <param name="Records">
/// Records and tombstones by rising position; empty at the head; fewer than the limit where 8 MiB are reached before.
/// </param>
/// <param name="Next">The position up to which the feed has been read: at least that of the last record.</param>
/// <param name="AtHead">Nothing lay behind <paramref name="Next"/> when the page was read.</param>
public sealed record FeedPage(IReadOnlyList<StoredRecord> Records, FeedPosition Next, bool AtHead);

/// <summary>What a store says of itself; cheap, whatever the number of records.</summary>
/// <param name="Engine">The engine's name: <c>sqlite</c>, <c>litedb</c>, <c>memory</c>.</param>
/// <param name="Epoch">Names the feed's history. A position of another epoch means nothing here.</param>
/// <param name="Head">The position of the newest record.</param>
/// <param name="Floor">
/// Tombstones up to here have been dropped: a reader before it (but not at the start) missed some.
/// </param>
/// <param name="Kinds">Live records and tombstones by kind.</param>
public sealed record StoreStatus(
    string Engine, Guid Epoch, FeedPosition Head, FeedPosition Floor, IReadOnlyDictionary<string, KindCount> Kinds)
{
    /// <summary>
    /// Where the store's history was torn by a restore, the first one of several; null if it never was.
    /// </summary>
    public RestorePoint? Restored { get; init; }
}

/// <summary>Where a store's history was torn.</summary>
/// <param name="Clock">The clock's newest reading in the backup: what has a later one may have been lost.</param>
/// <param name="Time">When it was restored: whoever wrote later may not have known what was lost.</param>
public sealed record RestorePoint(ulong Clock, DateTimeOffset Time);

/// <summary>How many records of a kind there are.</summary>
public readonly record struct KindCount(long Live, long Tombstones);
