using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Verifies one direction as a session would, over the bytes of the wire: counts, asks, sends again.</summary>
internal static class RepairPass
{
    private const int MaxRounds = 2;

    /// <summary>Runs to the end; the digests, counted anew, agree then.</summary>
    /// <returns>What was found: first by the giver, then by the taker.</returns>
    public static async Task<SyncRepairs> RunAsync(FlowNode giver, FlowNode taker, Agreement agreement)
    {
        var source = giver.Flows(agreement).Source(taker.Id);
        var sink = taker.Flows(agreement).Sink(giver.Id);
        var log = new RepairLog();
        for (var round = 0; ; round++)
        {
            await FlowPass.RunAsync(giver, source, sink);
            var (given, held) = (await source.RecountAsync(default), await sink.RecountAsync(default));
            log.Counted(given, areSent: true);
            log.Counted(held with { Lasting = given.Lasting }, areSent: true);
            if (given.IsQueued)
            {
                continue;
            }

            var matches = given.Digest.Equals(held.Digest);
            if (matches || round == MaxRounds)
            {
                return log.ToMessage(matches);
            }

            log.BeginRound();
            foreach (var comparison in await CompareAsync(source, sink, given.Digest, held.Digest))
            {
                log.Compared(comparison);
            }
        }
    }

    private static async Task<List<Comparison>> CompareAsync(
        SyncSource source, ISyncSink sink, SyncDigest given, SyncDigest held)
    {
        var question = new SyncInspect();
        question.Buckets.AddRange(Enumerable.Range(0, DigestItem.BucketCount)
            .Where(bucket => !Bucket(given, bucket).SequenceEqual(Bucket(held, bucket)))
            .Select(bucket => (uint)bucket));
        var comparisons = new List<Comparison>();
        while (true)
        {
            question.Number++;
            var page = SyncInspection.Parser.ParseFrom(
                (await sink.InspectAsync(question, default)).ToByteArray());
            Assert.Null(InspectionCheck.Check(question, page));
            ReadOnlyMemory<byte>? after = question.After.Memory;
            while (after is { } from)
            {
                comparisons.Add(await source.CompareAsync(question, page, from, default));
                after = comparisons[^1].Next;
            }

            if (page.Last)
            {
                return comparisons;
            }

            question.After = page.Through;
        }
    }

    private static ReadOnlySpan<byte> Bucket(SyncDigest digest, int bucket) =>
        digest.Buckets.Span.Slice(bucket * DigestSums.BucketLength, DigestSums.BucketLength);
}
