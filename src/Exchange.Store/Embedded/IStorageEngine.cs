namespace Exchange.Store.Embedded;

/// <summary>Where an embedded store keeps its bytes. All rules (conditions, clocks, counters) live above it.</summary>
internal interface IStorageEngine : IDisposable
{
    /// <summary>The name under which the engine is chosen.</summary>
    string Name { get; }

    /// <summary>
    /// Commits run on the thread of their caller and complete before the call returns, so that a simulation is
    /// repeatable. Otherwise one thread of their own runs them all.
    /// </summary>
    bool CommitsInline { get; }

    /// <summary>
    /// Used by one thread only: the one that runs the commits. May be another one after <see cref="Recover"/>.
    /// </summary>
    IEngineWriter Writer { get; }

    /// <summary>Called by the writing thread after a failure: returns to the last durable state.</summary>
    void Recover();

    /// <summary>Runs a short read over one consistent state, on the calling thread if a reader is free.</summary>
    ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken);
}

/// <summary>One consistent state: what is committed or, for the writer, what its transaction has made of it.</summary>
internal interface IEngineView
{
    StoredRecord? Find(RecordKey key);

    /// <summary>Records and tombstones behind a position, by rising position.</summary>
    Slice<StoredRecord> Feed(long after, SliceSize size);

    /// <summary>Live records of a kind by rising id.</summary>
    Slice<StoredRecord> ByKind(string kind, Guid? after, SliceSize size);

    /// <summary>Live records of a kind by (value, id) of one index.</summary>
    Slice<IndexedRecord> ByIndex(RecordQuery query, SliceSize size);

    byte[]? FindEntry(string collection, ReadOnlySpan<byte> key);

    /// <summary>Entries with a prefix, behind a key (empty: from the start), by rising key.</summary>
    List<Entry> Entries(string collection, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit);

    /// <summary>The collections that were ever written to; some may be empty by now.</summary>
    IReadOnlyCollection<string> Collections();
}

/// <summary>Where a slice ends: at so many items, or at the item with which it holds so many bytes.</summary>
internal readonly record struct SliceSize(int Items, long Bytes);

/// <summary>Items in order, and whether there are more behind them.</summary>
internal readonly record struct Slice<T>(List<T> Items, bool More);

/// <summary>A record, and the value by which an index led to it.</summary>
internal readonly record struct IndexedRecord(string Value, StoredRecord Record);

/// <summary>Changes the state. Every call stands between Begin and Commit or Rollback.</summary>
internal interface IEngineWriter : IEngineView
{
    void Begin();

    /// <summary>Makes the transaction durable, then visible. An exception leaves the outcome unknown.</summary>
    void Commit();

    void Rollback();

    /// <summary>
    /// Called between transactions: leaves nothing of what was replaced in the engine's files, as far as it can while
    /// others read. An engine whose files keep nothing of it, or that can't tell, does nothing.
    /// </summary>
    void Scrub()
    {
    }

    void Insert(StoredRecord record);

    void Delete(StoredRecord record);

    void AddKey(RecordKey record, IndexKey key);

    void RemoveKey(RecordKey record, IndexKey key);

    /// <summary>The live record that holds an index value with the unique mark; null if none does.</summary>
    Guid? FindUnique(string kind, string index, string value);

    void PutEntry(string collection, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    void DeleteEntry(string collection, ReadOnlySpan<byte> key);

    /// <summary>Tombstones behind a position and up to another, by rising position.</summary>
    List<StoredRecord> Tombstones(long after, long upTo, int limit);
}
