using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

// What is held, worked out from what is stored.
internal sealed partial class SyncSink
{
    // So many pages of records are looked through for one answer, so that one comes soon also when most lies in other
    // buckets.
    private const int MaxScannedPages = 40;

    public async Task<Recount> RecountAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var (held, noted) = (new DigestSums(), new DigestSums());
        using var hasher = new PageHasher(terms.DigestKey);
        ReadOnlyMemory<byte>? after = ReadOnlyMemory<byte>.Empty;
        while (after is { } from)
        {
            var page = await scan.ReadAsync(from, wanted: null, hasher, cancellationToken);
            foreach (var item in page.Items)
            {
                Count(item, held, noted);
            }

            after = page.Through;
        }

        var mended = new RepairList();
        if (!noted.IsSameAs(_digest))
        {
            await KeepAsync(noted);
            mended.AddSum(RepairCause.SumWrongAtReceiver, terms.To);
        }

        return new Recount(held.ToDigest(withBuckets: true), mended.ToMessage(), new SyncRepairs(), IsQueued: false);
    }

    public async Task<SyncInspection> InspectAsync(SyncInspect question, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var wanted = new bool[DigestItem.BucketCount];
        foreach (var bucket in question.Buckets)
        {
            wanted[bucket] = true;
        }

        using var hasher = new PageHasher(terms.DigestKey);
        var answer = new SyncInspection { Number = question.Number, Cursor = _state.Cursor };
        var after = question.After.Memory;
        for (var pages = 0; pages < MaxScannedPages && answer.Items.Count == 0; pages++)
        {
            var page = await scan.ReadAsync(after, wanted, hasher, cancellationToken);
            answer.Items.AddRange(page.Items.Select(item => item.ToMessage()));
            if (page.Through is not { } through)
            {
                answer.Last = true;
                return answer;
            }

            after = through;
        }

        answer.Through = ByteString.CopyFrom(after.Span);
        return answer;
    }

    private static void Count(Held item, DigestSums held, DigestSums noted)
    {
        if (item.Noted is { } was)
        {
            noted.Add(item.Bucket, was);
        }

        if (!item.IsSound)
        {
            // Counted as what no record is, so that the digests differ also when nobody gave it.
            held.Add(item.Bucket, 0);
        }
        else if (item.Item is { } now)
        {
            held.Add(item.Bucket, now);
        }
    }

    // The sum of what was noted, and not of what is sound: what is damaged is subtracted as it was noted, once it is
    // replaced. On the condition that nothing was applied meanwhile.
    private async Task KeepAsync(DigestSums noted)
    {
        ReadOnlyMemory<byte> bytes = _state.ToBytes();
        var entries = new List<EntryWrite>
        {
            new(_collection, IncomingState.Key, bytes, new EntryExpectation(_stored)),
        };
        noted.WriteAll(_digestCollection, entries);
        _isLoaded = false;
        await store.CommitAsync(new Commit { Entries = entries }, CancellationToken.None);
        (_stored, _digest, _isLoaded) = (bytes, noted.Copy(), true);
    }
}
