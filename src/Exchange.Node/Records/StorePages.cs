using System.Runtime.CompilerServices;
using Exchange.Store;

namespace Exchange.Node.Records;

/// <summary>
/// Reads on over pages. A page is read when the one before is used up, and never more than one is held.
/// </summary>
internal static class StorePages
{
    private const int PageSize = 1000;

    /// <summary>All records that a query finds; its limit is the size of a page.</summary>
    public static async IAsyncEnumerable<StoredRecord> QueryAllAsync(
        this IRecordStore store, RecordQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        do
        {
            var page = await store.QueryAsync(query, cancellationToken);
            foreach (var record in page.Records)
            {
                yield return record;
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }

    /// <summary>All entries of a collection whose keys begin so, in the order of the keys.</summary>
    public static async IAsyncEnumerable<Entry> ReadAllEntriesAsync(
        this IRecordStore store,
        string collection,
        ReadOnlyMemory<byte> prefix,
        [EnumeratorCancellation] CancellationToken cancellationToken,
        int pageSize = PageSize)
    {
        ReadOnlyMemory<byte> after = default;
        while (true)
        {
            var page = await store.ReadEntriesAsync(collection, prefix, after, pageSize, cancellationToken);
            foreach (var entry in page)
            {
                yield return entry;
            }

            if (page.Count < pageSize)
            {
                yield break;
            }

            after = page[^1].Key;
        }
    }
}
