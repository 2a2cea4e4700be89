using System.Collections.Concurrent;
using Exchange.Store;

namespace Exchange.Testing.Stores;

/// <summary>Where the next commit of a <see cref="FaultyStore"/> breaks.</summary>
public enum Fault
{
    None,

    /// <summary>Nothing is stored.</summary>
    BeforeCommit,

    /// <summary>
    /// Everything is stored, and the answer is lost: how exchanges come to hold the same person twice.
    /// </summary>
    AfterCommit,
}

/// <summary>A store whose next commit fails where the test says, and whose later ones work again.</summary>
public sealed class FaultyStore(IRecordStore inner) : DelegatingStore(inner)
{
    private int _next;
    private int _feedReads;
    private int _commits;
    private int _through;

    /// <summary>How many pages of the feed were read.</summary>
    public int FeedReads => Volatile.Read(ref _feedReads);

    /// <summary>How many commits were asked for.</summary>
    public int Commits => Volatile.Read(ref _commits);

    /// <summary>What happens to the next commit.</summary>
    public Fault Next
    {
        get => (Fault)Volatile.Read(ref _next);
        set => Volatile.Write(ref _next, (int)value);
    }

    /// <summary>Lets some commits through and breaks the one behind them.</summary>
    public void After(int commits, Fault fault) => (_through, Next) = (commits, fault);

    /// <summary>Reads of the feed wait for it, so that a test writes several times between two of them.</summary>
    public Task Readable { get; set; } = Task.CompletedTask;

    /// <summary>
    /// Writes to collections whose name begins so are lost: what a guard that is kept there would do without it.
    /// </summary>
    public string? Forgets { get; set; }

    /// <summary>Deletions from collections whose name begins so are lost: what is done stays to be done.</summary>
    public string? Keeps { get; set; }

    /// <summary>Such records are lost, of commits that derive nothing from what their puts did.</summary>
    public Predicate<RecordPut>? Loses { get; set; }

    /// <summary>Pages of the feed hold at most so many records, so that a short feed has several.</summary>
    public int FeedPageSize { get; set; } = int.MaxValue;

    /// <summary>The collections and indexes that were asked, in their order; cleared by the test.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>Puts go through whatever they expect, for faults on purpose.</summary>
    public bool IgnoresExpectations { get; set; }

    /// <summary>Another store takes the place of the one behind this.</summary>
    public async Task ReplaceAsync(IRecordStore other)
    {
        await Inner.DisposeAsync();
        Inner = other;
    }

    /// <summary>Another store takes that place, over what the one before was over.</summary>
    public void Replace(IRecordStore other) => Inner = other;

    public override async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _commits);
        var fault = Interlocked.Decrement(ref _through) >= 0
            ? Fault.None
            : (Fault)Interlocked.Exchange(ref _next, (int)Fault.None);
        if (fault == Fault.BeforeCommit)
        {
            throw new StoreUnavailableException("The test broke this commit before it was stored.");
        }

        if (IgnoresExpectations)
        {
            commit = commit with
            {
                Puts = [.. commit.Puts.Select(put => put with { Expect = Expectation.Anything })],
            };
        }

        if (Loses is { } loses && commit.Derive is null)
        {
            commit = commit with { Puts = [.. commit.Puts.Where(put => !loses(put))] };
        }

        var result = await Inner.CommitAsync(
            Forgets is null && Keeps is null ? commit : Without(commit), cancellationToken);
        return fault == Fault.AfterCommit
            ? throw new StoreUnavailableException("The test broke this commit after it was stored.")
            : result;
    }

    private Commit Without(Commit commit)
    {
        bool Begins(EntryWrite entry, string? prefix) =>
            prefix is not null && entry.Collection.StartsWith(prefix, StringComparison.Ordinal);
        bool IsKept(EntryWrite entry) =>
            !Begins(entry, Forgets) && !(entry.Value is null && Begins(entry, Keeps));
        return commit with
        {
            Entries = [.. commit.Entries.Where(IsKept)],
            Derive = commit.Derive is { } derive ? outcomes => derive(outcomes).Where(IsKept) : null,
        };
    }

    public override Task<StoredRecord?> GetAsync(RecordKey key, CancellationToken cancellationToken)
    {
        Asked.Enqueue("record");
        return Inner.GetAsync(key, cancellationToken);
    }

    public override Task<RecordPage> QueryAsync(RecordQuery query, CancellationToken cancellationToken)
    {
        Asked.Enqueue($"index {query.Index}");
        return Inner.QueryAsync(query, cancellationToken);
    }

    public override async Task<FeedPage> ReadFeedAsync(FeedPosition after, int limit, CancellationToken cancellationToken)
    {
        await Readable.WaitAsync(cancellationToken);
        Interlocked.Increment(ref _feedReads);
        return await Inner.ReadFeedAsync(after, Math.Min(limit, FeedPageSize), cancellationToken);
    }

    public override Task<IReadOnlyList<ReadOnlyMemory<byte>?>> GetEntriesAsync(
        string collection, IReadOnlyList<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken)
    {
        Asked.Enqueue(collection);
        return Inner.GetEntriesAsync(collection, keys, cancellationToken);
    }
}
