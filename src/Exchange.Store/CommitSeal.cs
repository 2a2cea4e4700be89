namespace Exchange.Store;

/// <summary>
/// Writes, at the end of each transaction, entries about the commits in it that carry a <see cref="Commit.Note"/>: as
/// durable as those commits, in the order in which they happened, and for as many as share a flush at once.
/// </summary>
/// <param name="Collection">The collection of the entry that each transaction goes on from.</param>
/// <param name="Key">Its key.</param>
/// <param name="Write">
/// Given the value of that entry (null when there is none) and the noted commits in order, returns what to write. Must
/// be quick and must not block; runs again if the transaction fails and its commits are repeated. When it throws, the
/// transaction fails: what can't be noted doesn't happen.
/// </param>
public sealed record CommitSeal(
    string Collection,
    ReadOnlyMemory<byte> Key,
    Func<ReadOnlyMemory<byte>?, IReadOnlyList<NotedCommit>, IReadOnlyList<EntryWrite>> Write);

/// <summary>A commit that will be durable with its transaction.</summary>
/// <param name="Note">What its caller said of it.</param>
/// <param name="Puts">What each put did.</param>
public sealed record NotedCommit(object Note, IReadOnlyList<PutOutcome> Puts);
