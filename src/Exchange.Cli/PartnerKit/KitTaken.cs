using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.PartnerKit;

/// <summary>What the partner gave, over all sessions of a run, and everything that was wrong with it.</summary>
internal sealed class KitTaken(KitIdentity identity, KitBooks books)
{
    private readonly Dictionary<(string Kind, string Id), Record> _held = [];

    /// <summary>How far the partner's feed is taken; of no epoch before the first batch.</summary>
    public FeedCursor Cursor { get; private set; } = new();

    /// <summary>Batches that came.</summary>
    public int Batches { get; private set; }

    /// <summary>Changes in them, but for those that gave something back.</summary>
    public int Changes { get; private set; }

    /// <summary>What the partner gave back to a test node that began a new history.</summary>
    public List<ReturnedRecord> Returned { get; } = [];

    /// <summary>What no giver may do.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Takes a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="at">Where it must begin.</param>
    public SyncAck Take(SyncBatch batch, FeedCursor at)
    {
        Batches++;
        CheckShape(batch);
        Check(batch, at);
        var ack = new SyncAck { Sequence = batch.Sequence, Applied = batch.To };
        foreach (var change in batch.Changes)
        {
            var isApplied = change.ChangeCase switch
            {
                SyncChange.ChangeOneofCase.Record => Take(change.Record),
                SyncChange.ChangeOneofCase.Removal => _held.Remove((change.Removal.Kind, change.Removal.Id)),
                _ => false,
            };
            ack.AppliedCount += isApplied ? 1u : 0;
            ack.SkippedCount += isApplied ? 0 : 1u;
        }

        if (SyncChanges.AreReturns(batch.Changes))
        {
            Returned.AddRange(batch.Changes.Select(change => change.Returned));
        }
        else
        {
            Changes += batch.Changes.Count;
            Cursor = batch.To;
        }

        return ack;
    }

    /// <summary>The digest of what is held of the partner.</summary>
    public SyncDigest Digest()
    {
        var sums = new DigestSums();
        foreach (var record in _held.Values)
        {
            sums.Add(books.BucketOf(record), books.ItemOf(record));
        }

        return sums.ToDigest(withBuckets: true);
    }

    private bool Take(Record record)
    {
        var isNewer = !_held.TryGetValue((record.Kind, record.Id), out var held)
            || Order(record).CompareTo(Order(held)) > 0;
        if (isNewer)
        {
            _held[(record.Kind, record.Id)] = record;
        }

        return isNewer;
    }

    private static (ulong, uint) Order(Record record) => (record.Version.Clock, record.Projection?.Revision ?? 0);

    // Nothing can be held against the books of what has no version or no id.
    private static void CheckShape(SyncBatch batch)
    {
        var named = batch.Changes.Select(change => change.ChangeCase switch
        {
            SyncChange.ChangeOneofCase.Record =>
                (change.Record.Kind, change.Record.Id, HasVersion: change.Record.Version is not null),
            SyncChange.ChangeOneofCase.Removal =>
                (change.Removal.Kind, change.Removal.Id, HasVersion: change.Removal.Version is not null),
            _ => (Kind: "", Id: "", HasVersion: true),
        });
        foreach (var (kind, id, hasVersion) in named.Where(change => change.Kind.Length > 0))
        {
            if (!hasVersion || !ReferenceRules.IsId(id))
            {
                var what = hasVersion ? "whose id is no UUID" : "without a version";
                throw new PromiseBrokenException($"a {kind} came {what}");
            }
        }

        if (batch.To is null || batch.From is null)
        {
            throw new PromiseBrokenException($"batch {batch.Sequence} doesn't say from where to where it goes");
        }
    }

    private void Check(SyncBatch batch, FeedCursor at)
    {
        if (!at.Equals(batch.From))
        {
            var (from, expected) = (FeedCursors.Text(batch.From), FeedCursors.Text(at));
            Faults.Add($"batch {batch.Sequence} begins at {from}, not at {expected}");
        }

        if (batch.Changes.Count > PageBuilder.MaxChanges)
        {
            Faults.Add($"batch {batch.Sequence} has {batch.Changes.Count} changes");
        }

        foreach (var record in batch.Changes.Select(change => change.Record).OfType<Record>())
        {
            if (FaultOf(record) is { } fault)
            {
                Faults.Add(fault);
            }
        }
    }

    private string? FaultOf(Record record)
    {
        var rules = identity.Agreement.Flows.Where(flow => flow.FromNode == identity.Partner)
            .SelectMany(flow => flow.Kinds).Where(rule => rule.Kind == record.Kind).ToList();
        if (rules.Count == 0)
        {
            return $"a {record.Kind} came, which the agreement doesn't list";
        }

        if (record.HomeNode != identity.Partner)
        {
            return $"a {record.Kind} came whose home isn't the giver";
        }

        var payload = record.Payload?.Value ?? ByteString.Empty;
        if (record.State == RecordState.Active && !record.PayloadHash.Span.SequenceEqual(SHA256.HashData(payload.Span)))
        {
            return $"payload_hash of a {record.Kind} isn't the payload's";
        }

        return FieldsOf(payload).Except(rules.SelectMany(rule => rule.Fields).Select(rule => (int)rule.Number)).ToList()
            is [var number, ..] ? $"field {number} of a {record.Kind} came, which the agreement doesn't list" : null;
    }

    private static HashSet<int> FieldsOf(ByteString payload)
    {
        var fields = new HashSet<int>();
        var input = payload.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            fields.Add(WireFormat.GetTagFieldNumber(tag));
            input.SkipLastField();
        }

        return fields;
    }
}
