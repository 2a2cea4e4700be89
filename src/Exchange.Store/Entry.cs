namespace Exchange.Store;

/// <summary>One entry of a named, ordered byte collection: cursors, disclosure register, quarantine, digests, leases.</summary>
/// <param name="Key">Ordered by unsigned bytes; 1 to 512 bytes.</param>
/// <param name="Value">Up to 16 MiB.</param>
public sealed record Entry(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value);

/// <summary>Writes or deletes one entry.</summary>
/// <param name="Collection">The collection's name; it exists once something was written to it. At most 128 characters.</param>
/// <param name="Key">The entry's key within the collection.</param>
/// <param name="Value">The new value; null deletes the entry, which may be absent already.</param>
/// <param name="Expect">What must stand there for the commit to happen; null when anything may.</param>
public sealed record EntryWrite(
    string Collection, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value, EntryExpectation? Expect = null);

/// <summary>What must stand at an entry's key; otherwise <see cref="EntryConflictException"/> and nothing is written.</summary>
/// <param name="Value">The exact value; null means that there must be no entry.</param>
public sealed record EntryExpectation(ReadOnlyMemory<byte>? Value);
