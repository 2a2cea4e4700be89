using System.Text;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Stamps this node's own records anew that its clock, having run ahead, stamped in the future. It begins a new
/// epoch, so
/// that partners read everything again and take the new versions in place of what waits with them or lies in the
/// future.
/// Safe to repeat after it was cut off.
/// </summary>
internal sealed class ClockRepair(IRecordStore store, string node, TimeProvider time)
{
    private const int PageSize = 500;
    private const int CounterBits = 16;

    private readonly byte[] _home = Encoding.UTF8.GetBytes(node);

    /// <summary>Mends what there is to mend. Nothing else may write meanwhile.</summary>
    /// <returns>How many records were stamped anew; 0 when none lay in the future, and then nothing was
    /// changed.</returns>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var present = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
        if (!await AnyAsync(present, cancellationToken))
        {
            return 0;
        }

        var head = (await store.GetStatusAsync(cancellationToken)).Head;
        await store.RestartClockAsync(cancellationToken);
        var (next, mended) = (present, 0L);
        var after = FeedPosition.Start;
        while (true)
        {
            var page = await store.ReadFeedAsync(after, PageSize, cancellationToken);
            var puts = page.Records
                .Where(record => record.Position <= head && IsAhead(record, present))
                .Select(record => Restamp(record, ++next))
                .ToList();
            await store.CommitAsync(new Commit { Puts = puts }, cancellationToken);
            mended += puts.Count;
            if (page.AtHead || page.Next >= head)
            {
                return mended;
            }

            after = page.Next;
        }
    }

    private async Task<bool> AnyAsync(ulong present, CancellationToken cancellationToken)
    {
        var after = FeedPosition.Start;
        while (true)
        {
            var page = await store.ReadFeedAsync(after, PageSize, cancellationToken);
            if (page.Records.Any(record => IsAhead(record, present)))
            {
                return true;
            }

            if (page.AtHead)
            {
                return false;
            }

            after = page.Next;
        }
    }

    private bool IsAhead(StoredRecord record, ulong present) =>
        record.Version.Clock >> CounterBits > present >> CounterBits
        && StoredEnvelope.HomeNode(record).SequenceEqual(_home);

    private RecordPut Restamp(StoredRecord record, ulong clock) => new()
    {
        Key = record.Key,
        Version = new RecordVersion(clock, node),
        IsTombstone = record.IsTombstone,
        Envelope = record.Envelope,
        Payload = record.Payload,
        Keys = record.Keys,
        Expect = Expectation.At(record.Version),
    };
}
