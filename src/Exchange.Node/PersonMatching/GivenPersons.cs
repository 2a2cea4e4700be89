using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.PersonMatching;

/// <summary>
/// Finds which of the workers that a partner was given a token is of. It reads what was given once for each question
/// and keeps nothing: a table of tokens would be one more thing to protect, and to forget.
/// </summary>
internal sealed class GivenPersons(IRecordStore store, RecordCodec codec, NodeIdentity node)
{
    private const int PageSize = 1000;

    private static readonly byte[] Workers = [.. Encoding.UTF8.GetBytes(WorkerKind.KindName), 0];

    /// <summary>The records of each token that has any, by the token's index.</summary>
    /// <param name="partner">The partner.</param>
    /// <param name="key">The key that the tokens were made with.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SortedDictionary<int, List<RecordKey>>> FindAsync(
        string partner, byte[] key, IReadOnlyList<ByteString> tokens, CancellationToken cancellationToken)
    {
        var wanted = tokens.Index().ToLookup(token => token.Item, token => token.Index);
        var found = new SortedDictionary<int, List<RecordKey>>();
        ReadOnlyMemory<byte> after = default;
        while (true)
        {
            var page = await store.ReadEntriesAsync(
                DisclosureRegister.Collection(partner), Workers, after, PageSize, cancellationToken);
            var given = page.Where(row => !DisclosureRow.Read(row.Value.Span).IsWithdrawn)
                .Select(row => RecordKeyBytes.Read(row.Key.Span))
                .ToList();
            var records = (await store.GetManyAsync(given, cancellationToken)).OfType<StoredRecord>().ToList();
            codec.Prepare(records);
            foreach (var record in records)
            {
                if (TokenOf(record, key) is { } token)
                {
                    foreach (var index in wanted[ByteString.CopyFrom(token)])
                    {
                        found.TryAdd(index, []);
                        found[index].Add(record.Key);
                    }
                }
            }

            if (page.Count < PageSize)
            {
                return found;
            }

            after = page[^1].Key;
        }
    }

    // Frozen and erased ones have no payload to see; what another node is home to isn't this node's to tell.
    private byte[]? TokenOf(StoredRecord stored, byte[] key)
    {
        try
        {
            return !stored.IsTombstone
                && codec.Decode(stored) is { Payload: { } payload } record
                && record.HomeNode == node.Id
                    ? MatchKeys.Token(key, Worker.Parser.ParseFrom(payload.Value).IdNumber)
                    : null;
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return null;
        }
    }
}
