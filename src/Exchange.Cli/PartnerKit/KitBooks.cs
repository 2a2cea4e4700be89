using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using RecordVersion = Exchange.V1.RecordVersion;

namespace Exchange.Cli.PartnerKit;

/// <summary>
/// What the partner should hold of the test node. Counted from what it held before a check, so that one broken promise
/// doesn't make the next checks fail.
/// </summary>
internal sealed class KitBooks(byte[] digestKey)
{
    private readonly Dictionary<(string Kind, string Id), (int Bucket, UInt128 Item)> _held = [];
    private readonly Dictionary<(string Kind, string Id), ulong> _used = [];
    private DigestSums _before = new();

    /// <summary>Records that were named since the last <see cref="Settle"/>, with their newest clock.</summary>
    public IReadOnlyDictionary<(string Kind, string Id), ulong> Used => _used;

    /// <summary>The records that the partner should hold.</summary>
    public IEnumerable<(string Kind, string Id)> Held => _held.Keys;

    /// <summary>A record was named, whether or not it is held.</summary>
    public void Name(string kind, string id, RecordVersion version) =>
        _used[(kind, id)] = Math.Max(version.Clock, _used.GetValueOrDefault((kind, id)));

    /// <summary>The partner should hold this from now on.</summary>
    public void Hold(Record record) => _held[(record.Kind, record.Id)] = (BucketOf(record), ItemOf(record));

    /// <summary>The partner should hold this no longer.</summary>
    public void Drop(string kind, string id) => _held.Remove((kind, id));

    /// <summary>The digest that the partner should come to.</summary>
    public SyncDigest Digest(bool withBuckets = false)
    {
        var sums = _before.Copy();
        foreach (var (bucket, item) in _held.Values)
        {
            sums.Add(bucket, item);
        }

        return sums.ToDigest(withBuckets);
    }

    /// <summary>All that was given was taken back: begins anew from what the partner says that it holds.</summary>
    /// <param name="theirs">Its digest with buckets; null when it was as expected.</param>
    public void Settle(SyncDigest? theirs)
    {
        _held.Clear();
        _used.Clear();
        _before = theirs is null ? _before : DigestSums.Read(theirs.Buckets.Span) ?? _before;
    }

    /// <summary>The bucket of a record.</summary>
    public int BucketOf(Record record)
    {
        using var hasher = new PageHasher(digestKey);
        return hasher.Bucket(RecordKeyBytes.Of(KeyOf(record)));
    }

    /// <summary>The digest item of a record.</summary>
    public UInt128 ItemOf(Record record)
    {
        var (key, version) = (KeyOf(record), record.Version ?? new RecordVersion());
        var payload = record.Payload?.Value ?? ByteString.Empty;
        var bytes = new byte[DigestItem.HeaderLength(key, version.Node) + payload.Length];
        var header = DigestItem.WriteHeader(
            bytes,
            key,
            new Store.RecordVersion(version.Clock, version.Node),
            record.Projection?.Revision ?? 0,
            record.State);
        payload.Span.CopyTo(bytes.AsSpan(header));
        using var hasher = new PageHasher(digestKey);
        return hasher.Item(bytes);
    }

    private static RecordKey KeyOf(Record record) => new(record.Kind, Guid.Parse(record.Id));
}
