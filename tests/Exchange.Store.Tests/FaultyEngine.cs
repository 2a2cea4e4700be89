using Exchange.Store.Embedded;

namespace Exchange.Store.Tests;

/// <summary>Where an engine's next transaction breaks.</summary>
internal enum EngineFault
{
    None,
    Begin,
    Insert,

    /// <summary>The commit fails, and nothing is stored.</summary>
    BeforeCommit,

    /// <summary>The commit fails, although everything is stored.</summary>
    AfterCommit,

    /// <summary>A read fails.</summary>
    Read,
}

/// <summary>An engine that breaks where the test says, as a full or failing disk would.</summary>
internal sealed class FaultyEngine(IStorageEngine inner) : IStorageEngine
{
    public EngineFault Next { get; set; }

    /// <summary>How many attempts to recover fail, too.</summary>
    public int BrokenRecoveries { get; set; }

    /// <summary>What happens once between the next read and its answer.</summary>
    public Func<Task>? AfterRead { get; set; }

    public string Name => inner.Name;

    public bool CommitsInline => inner.CommitsInline;

    public IEngineWriter Writer => new FaultyWriter(this, inner.Writer);

    public void Recover()
    {
        if (BrokenRecoveries-- > 0)
        {
            throw new IOException("The test broke the recovery.");
        }

        inner.Recover();
    }

    public async ValueTask<TResult> ReadAsync<TArgument, TResult>(
        TArgument argument, Func<IEngineView, TArgument, TResult> read, CancellationToken cancellationToken)
    {
        Break(EngineFault.Read);
        var answer = await inner.ReadAsync(argument, read, cancellationToken);
        if (AfterRead is { } happens)
        {
            AfterRead = null;
            await happens();
        }

        return answer;
    }

    public void Dispose() => inner.Dispose();

    private void Break(EngineFault at)
    {
        if (Next == at)
        {
            Next = EngineFault.None;
            throw new IOException("No space left on device.");
        }
    }

    private sealed class FaultyWriter(FaultyEngine engine, IEngineWriter inner) : IEngineWriter
    {
        public void Begin()
        {
            engine.Break(EngineFault.Begin);
            inner.Begin();
        }

        public void Commit()
        {
            engine.Break(EngineFault.BeforeCommit);
            inner.Commit();
            engine.Break(EngineFault.AfterCommit);
        }

        public IReadOnlyCollection<string> Collections() => inner.Collections();

        public void Insert(StoredRecord record)
        {
            engine.Break(EngineFault.Insert);
            inner.Insert(record);
        }

        public void Rollback() => inner.Rollback();

        public void Delete(StoredRecord record) => inner.Delete(record);

        public void AddKey(RecordKey record, IndexKey key) => inner.AddKey(record, key);

        public void RemoveKey(RecordKey record, IndexKey key) => inner.RemoveKey(record, key);

        public Guid? FindUnique(string kind, string index, string value) => inner.FindUnique(kind, index, value);

        public void PutEntry(string collection, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) =>
            inner.PutEntry(collection, key, value);

        public void DeleteEntry(string collection, ReadOnlySpan<byte> key) => inner.DeleteEntry(collection, key);

        public List<StoredRecord> Tombstones(long after, long upTo, int limit) => inner.Tombstones(after, upTo, limit);

        public StoredRecord? Find(RecordKey key) => inner.Find(key);

        public Slice<StoredRecord> Feed(long after, SliceSize size) => inner.Feed(after, size);

        public Slice<StoredRecord> ByKind(string kind, Guid? after, SliceSize size) => inner.ByKind(kind, after, size);

        public Slice<IndexedRecord> ByIndex(RecordQuery query, SliceSize size) => inner.ByIndex(query, size);

        public byte[]? FindEntry(string collection, ReadOnlySpan<byte> key) => inner.FindEntry(collection, key);

        public List<Entry> Entries(
            string collection, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> after, int limit) =>
            inner.Entries(collection, prefix, after, limit);
    }
}
