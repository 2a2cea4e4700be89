using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Reviews;

/// <summary>
/// Records of this node that came back from a partner after a restore and aren't whole. They are found by a key that
/// only they have, and that goes with the write that makes them whole.
/// </summary>
internal sealed class PartialRecords(
    IRecordStore store,
    RecordCodec codec,
    RecordKinds kinds,
    IPersonTokens tokens,
    NodeIdentity identity,
    Successions successions,
    TimeProvider time)
{
    /// <summary>The most that are counted.</summary>
    public const int MaxCounted = 1000;

    /// <summary>The key of a record that a partner gave back.</summary>
    public static IndexKey KeyOf(string peer) => new(IndexNames.Partial, peer);

    /// <summary>Returns a page, and where to go on; null at the end.</summary>
    /// <param name="kind">Only this kind; empty for all.</param>
    /// <param name="peer">Only what this partner gave back; empty for all.</param>
    /// <param name="limit">The most records wanted.</param>
    /// <param name="after">Where the last page ended: kind and partner, and the id; null for the first.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<(List<PartialRecord> Records, QueryCursor? Next)> ReadAsync(
        string kind, string peer, int limit, QueryCursor? after, CancellationToken cancellationToken)
    {
        var status = await store.GetStatusAsync(cancellationToken);
        var place = after?.Value.Split(' ');
        var found = new List<PartialRecord>();
        var wanted = status.Kinds.Keys.Where(name => kind.Length == 0 || name == kind);
        foreach (var name in wanted.Order(StringComparer.Ordinal))
        {
            var order = place is null ? 1 : string.CompareOrdinal(name, place[0]);
            if (order < 0)
            {
                continue;
            }

            var query = new RecordQuery(name)
            {
                Index = IndexNames.Partial,
                Value = peer,
                IsPrefix = peer.Length == 0,
                Limit = limit - found.Count,
                After = order == 0 ? new QueryCursor(place![1], after!.Id) : null,
            };
            for (var isOver = false; !isOver && found.Count < limit;)
            {
                var page = await store.QueryAsync(query, cancellationToken);
                found.AddRange(page.Records.Select(ToItem));
                query = query with { After = page.Next, Limit = Math.Max(1, limit - found.Count) };
                isOver = page.Next is null;
            }

            if (found.Count == limit)
            {
                var last = found[^1];
                return (found, new QueryCursor($"{last.Kind} {last.Peer}", Guid.Parse(last.Id)));
            }
        }

        return (found, null);
    }

    /// <summary>How many of a partner's are left, counted up to <see cref="MaxCounted"/>.</summary>
    public async Task<int> CountAsync(string peer, CancellationToken cancellationToken) =>
        (await ReadAsync("", peer, MaxCounted, after: null, cancellationToken)).Records.Count;

    /// <summary>Makes a record whole as it is; returns its etag.</summary>
    /// <exception cref="ExchangeException">There is none, it is another node's, or it can't be whole.</exception>
    public async Task<string> ConfirmAsync(RecordKey key, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(key, cancellationToken) is not { IsTombstone: false } stored)
        {
            throw ExchangeException.NotFound(key.Kind, key.Id.ToString());
        }

        var record = RecordCodec.Envelope(stored);
        if (record.HomeNode != identity.Id)
        {
            throw new ExchangeException(
                StatusCode.FailedPrecondition,
                ErrorReason.NotHomeNode,
                $"This {key.Kind} is at home on '{record.HomeNode}'.",
                ("kind", key.Kind),
                ("id", key.Id.ToString()),
                ("home_node", record.HomeNode));
        }

        if (record.Projection is not { Partial: true })
        {
            return Etag.Format(stored.Version);
        }

        // Nothing of the partner's view is left: from now on the record is the home's own.
        record.Projection = null;
        var payload = ByteString.CopyFrom(codec.Payload(stored).Span);
        record.Payload = record.Payload is null ? null : new Any { TypeUrl = record.Payload.TypeUrl, Value = payload };
        var encoded = codec.Encode(key, record, []);
        var put = new RecordPut
        {
            Key = key,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys = KeysOf(key, record, payload),
            Expect = Expectation.At(stored.Version),
        };
        var done = await store.CommitAsync(new Commit { Puts = [put] }, cancellationToken);
        return Etag.Format(done.Puts[0].Version);
    }

    // Unique again, as those of a record that was written here.
    private IReadOnlyList<IndexKey> KeysOf(RecordKey key, Record record, ByteString payload)
    {
        if (kinds.Find(key.Kind) is not { } kind)
        {
            return RecordIndexes.Of(key, RecordFacts.None, record.ExternalKey);
        }

        var message = kind.Parse(payload);
        var context = new RuleContext(NodeIdentity.Today(time), identity.TestNode, identity.Id)
        {
            Predecessors = successions.Predecessors,
        };
        var violations = kind.Check(message, context).ToList();
        return violations.Count > 0
            ? throw ExchangeException.Invalid(violations)
            : RecordIndexes.Of(key, kind.Describe(key.Id, message, tokens), record.ExternalKey);
    }

    private static PartialRecord ToItem(StoredRecord stored) => new()
    {
        Kind = stored.Key.Kind,
        Id = stored.Key.Id.ToString(),
        Peer = stored.Keys.First(key => key.Name == IndexNames.Partial).Value,
        Version = new V1.RecordVersion { Clock = stored.Version.Clock, Node = stored.Version.Node },
    };
}
