using System.Text;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Makes this node the home of the records of a node whose place it has taken: their ids stay, and what this node
/// writes of them from then on counts. Records of which it was only shown a part stay the other node's. Safe to repeat
/// after it was cut off.
/// </summary>
internal sealed class HomeTaker(
    IRecordStore store,
    RecordCodec codec,
    RecordKinds kinds,
    IPersonTokens tokens,
    Successions successions,
    TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>Takes over everything that there is; returns how many records, and how many were left.</summary>
    /// <exception cref="ExchangeException">This node hasn't taken the other one's place.</exception>
    public async Task<(ulong Taken, ulong Left)> TakeAsync(string predecessor, CancellationToken cancellationToken)
    {
        if (!successions.Predecessors.Contains(predecessor))
        {
            throw ExchangeException.Invalid(
                "node",
                $"'{successions.Node}' hasn't taken that node's place yet under any agreement. Agree on the "
                + "succession first, and take over on its first day.");
        }

        var home = Encoding.UTF8.GetBytes(predecessor);
        var head = (await store.GetStatusAsync(cancellationToken)).Head;
        var (taken, left, after) = (0ul, 0ul, FeedPosition.Start);
        while (true)
        {
            var page = await store.ReadFeedAsync(after, PageSize, cancellationToken);
            var found = page.Records
                .Where(record => !record.IsTombstone && StoredEnvelope.HomeNode(record).SequenceEqual(home))
                .Select(record => (Stored: record, Record: Whole(record)))
                .ToList();
            var whole = found.FindAll(pair => pair.Record is not null).ConvertAll(pair => (pair.Stored, pair.Record!));
            await CommitAsync(whole, cancellationToken);
            taken += (ulong)whole.Count;
            left += (ulong)(found.Count - whole.Count);
            if (page.AtHead || page.Next >= head)
            {
                return (taken, left);
            }

            after = page.Next;
        }
    }

    // Null for one that is damaged, kept only, or a view that may hide something.
    private Record? Whole(StoredRecord stored)
    {
        try
        {
            var record = codec.Decode(stored);
            return Agreements.AgreementProfiles.IsWhole(record)
                && record is { State: RecordState.Active, Payload: not null }
                    ? record
                    : null;
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return null;
        }
    }

    private async Task CommitAsync(
        List<(StoredRecord Stored, Record Record)> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
        {
            return;
        }

        try
        {
            await CommitAsync(found, areUnique: true, cancellationToken);
        }
        catch (DuplicateKeyException)
        {
            // Somebody or something that is at home here already: it is flagged for people, not refused.
            await CommitAsync(found, areUnique: false, cancellationToken);
        }
    }

    private async Task CommitAsync(
        List<(StoredRecord Stored, Record Record)> found, bool areUnique, CancellationToken cancellationToken)
    {
        var entries = new List<EntryWrite>();
        var puts = new List<RecordPut>(found.Count);
        var now = time.GetUtcNow();
        foreach (var (stored, record) in found)
        {
            puts.Add(Put(stored, record, areUnique, out var facts));
            entries.AddRange(Sightings.EntriesFor(stored.Key, successions.Node, facts, successions, now));
        }

        // What came over a line has an item, which its giver's digest counts.
        var discard = new Discard(now, $"'{successions.Node}' took it over");
        foreach (var giver in found.Select(pair => pair.Stored).Where(stored => StoredEnvelope.Item(stored) is not null)
            .GroupBy(stored => Encoding.UTF8.GetString(StoredEnvelope.Giver(stored)), StringComparer.Ordinal))
        {
            await PutAside.AddAsync(
                store, giver.Key, [.. giver.Select(stored => (stored, discard))], entries, cancellationToken);
        }

        await store.CommitAsync(new Commit { Puts = puts, Entries = entries }, cancellationToken);
    }

    private RecordPut Put(StoredRecord stored, Record record, bool areUnique, out RecordFacts facts)
    {
        var kind = kinds.Find(stored.Key.Kind);
        facts = kind?.Describe(stored.Key.Id, kind.Parse(record.Payload.Value), tokens) ?? RecordFacts.None;
        record.HomeNode = successions.Node;
        record.Projection = null;
        record.Version = null;
        record.Etag = "";
        var encoded = codec.Encode(stored.Key, record, item: []);
        return new RecordPut
        {
            Key = stored.Key,

            // What happened first must not seem to have happened last: events keep their order.
            Version = kind is { IsImmutable: true }
                ? new RecordVersion(stored.Version.Clock + 1, successions.Node)
                : null,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys =
            [
                .. RecordIndexes.Of(stored.Key, facts, record.ExternalKey)
                    .Select(key => key with { Unique = key.Unique && areUnique }),
            ],
            Expect = Expectation.At(stored.Version),
        };
    }
}
