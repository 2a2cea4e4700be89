namespace Exchange.Store;

/// <summary>One entry of a named, ordered byte collection: cursors, disclosure register, quarantine, digests.</summary>
/// <param name="Key">Ordered by unsigned bytes; 1 to 512 bytes.</param>
/// <param name="Value">Up to 16 MiB.</param>
public sealed record Entry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);

/// <summary>Writes or deletes one entry. Of two writes to one key in a commit, the last counts.</summary>
/// <param name="Collection">
/// The collection's name; it exists once something was written to it. 1 to 128 characters, not beginning with <c>$</c>.
/// </param>
/// <param name="Key">The entry's key within the collection.</param>
/// <param name="Value">
/// The new value; null deletes the entry, which may be absent already. Beware of <c>absent ? null : bytes</c>: there
/// the null becomes an empty value, because a null array converts to an empty memory. Use <see cref="Delete"/>.
/// </param>
/// <param name="Expect">What must stand there for the commit to happen; null when anything may.</param>
public sealed record EntryWrite(
    string Collection, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value, EntryExpectation? Expect = null)
{
    /// <summary>Deletes an entry, which may be absent already.</summary>
    public static EntryWrite Delete(
        string collection, ReadOnlyMemory<byte> key, EntryExpectation? expect = null) =>
        new(collection, key, null, expect);
}

/// <summary>
/// What must stand at an entry's key; otherwise <see cref="EntryConflictException"/>, and nothing is written.
/// </summary>
/// <param name="Value">The exact value; null means that there must be no entry.</param>
public sealed record EntryExpectation(ReadOnlyMemory<byte>? Value)
{
    /// <summary>There must be no entry.</summary>
    public static EntryExpectation Absent { get; } = new(default(ReadOnlyMemory<byte>?));
}
