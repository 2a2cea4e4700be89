using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Which view of which record went to which peer, when, under which agreement. Written before the bytes reach the wire.
/// It answers who has seen a person's data, and finds what must be taken back.
/// </summary>
internal static class DisclosureRegister
{
    /// <summary>What the names of its collections begin with, before a slash and the peer.</summary>
    public const string Name = "disclosure";

    /// <summary>The collection that holds what a peer was sent.</summary>
    public static string Collection(string peer) => $"{Name}/{peer}";

    /// <summary>Looks up what a peer was sent of some records; null where nothing ever was.</summary>
    /// <param name="store">The store.</param>
    /// <param name="peer">The peer.</param>
    /// <param name="keys">Keys as <see cref="RecordKeyBytes"/> writes them.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<DisclosureRow?[]> FindAsync(
        IRecordStore store,
        string peer,
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        CancellationToken cancellationToken)
    {
        var rows = new DisclosureRow?[keys.Count];
        if (keys.Count == 0)
        {
            return rows;
        }

        var found = await store.GetEntriesAsync(Collection(peer), keys, cancellationToken);
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = found[i] is { } value ? DisclosureRow.Read(value.Span) : null;
        }

        return rows;
    }

    /// <summary>Writes what a peer is sent of a record.</summary>
    public static EntryWrite Write(string peer, ReadOnlyMemory<byte> key, DisclosureRow row) =>
        new(Collection(peer), key, row.ToBytes());

    /// <summary>
    /// The kinds of which a peer was ever given anything; asked of the rows themselves, one read a kind.
    /// </summary>
    public static async Task<IReadOnlyList<string>> KindsAsync(
        IRecordStore store, string peer, CancellationToken cancellationToken)
    {
        var kinds = new List<string>();
        ReadOnlyMemory<byte> after = default;
        while (true)
        {
            var first = await store.ReadEntriesAsync(Collection(peer), default, after, 1, cancellationToken);
            if (first.Count == 0)
            {
                return kinds;
            }

            kinds.Add(RecordKeyBytes.Read(first[0].Key.Span).Kind);
            after = RecordKeyBytes.Of(new RecordKey(kinds[^1], Guid.AllBitsSet));
        }
    }
}
