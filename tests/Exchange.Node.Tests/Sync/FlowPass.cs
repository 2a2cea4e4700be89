using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// Takes everything that one node has to give to another, as a session would, over the bytes of the wire.
/// </summary>
internal static class FlowPass
{
    /// <summary>Runs one direction to its end and compares the digests; returns the batches.</summary>
    public static async Task<List<SyncBatch>> RunAsync(FlowNode giver, FlowNode taker, Agreement agreement)
    {
        var source = giver.Flows(agreement).Source(taker.Id);
        var sink = taker.Flows(agreement).Sink(giver.Id);
        var batches = await RunAsync(giver, source, sink);
        await AssertSameAsync(source, sink);
        return batches;
    }

    /// <summary>Runs one direction to its end over given ports.</summary>
    public static async Task<List<SyncBatch>> RunAsync(FlowNode giver, ISyncSource source, ISyncSink sink)
    {
        await sink.RetryQuarantineAsync(default);
        var batches = new List<SyncBatch>();
        var cursor = FeedCursors.Within(giver.Store.Epoch.ToString(), await sink.AppliedAsync(default));
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 10_000, "The source never comes to the head of its feed.");
            var page = await source.ReadAsync(cursor, default);
            Assert.Equal(cursor, page.From);
            if (page.Changes.Count > 0 || page.Reprojections.Count > 0 || !page.From.Equals(page.To))
            {
                var batch = ToBatch(page);
                var ack = await sink.ApplyAsync(batch, default);
                Assert.Equal(page.To, ack.Applied);
                await source.ConfirmAsync(page, ack, default);
                batches.Add(batch);
                cursor = page.To;
            }

            if (page.AtHead)
            {
                return batches;
            }
        }
    }

    public static SyncBatch ToBatch(OutgoingPage page)
    {
        var batch = new SyncBatch { From = page.From, To = page.To };
        batch.Changes.AddRange(page.Changes);
        return SyncBatch.Parser.ParseFrom(batch.ToByteArray());
    }

    public static async Task AssertSameAsync(ISyncSource source, ISyncSink sink)
    {
        var given = await source.DigestAsync(withBuckets: true, default);
        Assert.Equal(given, await sink.DigestAsync(withBuckets: true, default));
    }

    /// <summary>All changes of some batches.</summary>
    public static List<SyncChange> Changes(this IEnumerable<SyncBatch> batches) =>
        [.. batches.SelectMany(batch => batch.Changes)];
}
