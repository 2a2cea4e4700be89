using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>What is acknowledged, and where a session goes on.</summary>
internal static class ResumePromises
{
    private const string Section = "acknowledgements-and-resuming";
    private const string OrderSection = "order-and-repeats";

    public static IEnumerable<Promise> All =>
    [
        new(
            "resume.durable",
            "What was acknowledged is durable together with the cursor",
            Section,
            "a batch of three records; the call is cut at once behind its acknowledgement; Hello again",
            "a Hello that stands behind the batch, and a digest with the three records",
            DurableAsync),
        new(
            "resume.unacknowledged",
            "A batch whose acknowledgement was lost can be sent again from where Hello says",
            Section,
            "a batch of three records; the call is cut without waiting; the same records again, if Hello stands "
            + "before them",
            "a digest with the three records, each once",
            UnacknowledgedAsync),
        new(
            "resume.window",
            "Batches up to the window are taken one upon the other, and acknowledged in their order",
            Section,
            "as many batches as the Hello's window says, without waiting in between",
            "an acknowledgement of each, in order, each naming the end of its batch",
            WindowAsync),
        new(
            "duplicates.records",
            "The same version once more changes nothing",
            OrderSection,
            "two records; in the next session the same two again, behind the cursor",
            "an ack that skips both, and the digest as before",
            DuplicatesAsync),
        new(
            "order.versions",
            "A version that comes late doesn't take the place of a newer one",
            OrderSection,
            "a record; then an older version of it; then an older view of the version that is held",
            "acks that skip the older ones, and a digest with the newest",
            VersionsAsync),
        new(
            "order.within-batch",
            "Of several versions in one batch the newest counts",
            OrderSection,
            "a batch with the newer version of a record before the older one",
            "one applied, one skipped, and a digest with the newer one",
            WithinBatchAsync),
        new(
            "order.gap",
            "A batch that doesn't begin where the last one ended is refused",
            OrderSection,
            "a batch from ten places behind the cursor on",
            "ABORTED / ERROR_REASON_SYNC_PROTOCOL, and the cursor where it was",
            GapAsync),
    ];

    private static async Task<string> DurableAsync(KitRun run)
    {
        FeedCursor at;
        var records = Three(run);
        using (var session = await run.OpenAsync())
        {
            var ack = await session.GiveAsync(records);
            at = session.At;
            KitChecks.Must(ack is { AppliedCount: 3 }, KitText.Ack(ack));
        }

        records.ForEach(run.Books.Hold);
        using var again = await run.OpenAsync();
        KitChecks.Must(
            at.Equals(again.Theirs.Applied),
            $"the ack said {FeedCursors.Text(at)}, the next Hello {FeedCursors.Text(again.Theirs.Applied)}");
        return await KitChecks.MustHoldAsync(run, again, "the Hello stands there; ");
    }

    private static async Task<string> UnacknowledgedAsync(KitRun run)
    {
        var records = Three(run);
        var changes = records.ConvertAll(record => new SyncChange { Record = record });
        FeedCursor end;
        using (var session = await run.OpenAsync())
        {
            end = (await session.SendAsync(changes)).To;
        }

        records.ForEach(run.Books.Hold);
        using var again = await run.OpenAsync();
        if (!end.Equals(again.At))
        {
            await again.GiveAsync(changes);
        }

        return await KitChecks.MustHoldAsync(run, again);
    }

    private static async Task<string> WindowAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        var sent = new List<SyncBatch>();
        for (var i = 0; i < Math.Min(session.Theirs.Window, 64); i++)
        {
            var record = run.Records.Worker(KitRecords.NewId());
            run.Books.Hold(record);
            sent.Add(await session.SendAsync([new SyncChange { Record = record }]));
        }

        foreach (var batch in sent)
        {
            await session.AckAsync(batch);
        }

        return await KitChecks.MustHoldAsync(run, session, $"{sent.Count} acks in order; ");
    }

    private static async Task<string> DuplicatesAsync(KitRun run)
    {
        var records = Three(run)[..2];
        using (var session = await run.OpenAsync())
        {
            await session.GiveAsync(records);
            records.ForEach(run.Books.Hold);
            await KitChecks.MustHoldAsync(run, session, "before: ");
        }

        using var again = await run.OpenAsync();
        var ack = await again.GiveAsync(records);
        KitChecks.Must(ack is { AppliedCount: 0, SkippedCount: 2, Quarantined.Count: 0 }, KitText.Ack(ack));
        return await KitChecks.MustHoldAsync(run, again, KitText.Ack(ack) + "; ");
    }

    private static async Task<string> VersionsAsync(KitRun run)
    {
        var id = KitRecords.NewId();
        var older = run.Records.Worker(id, "测试旧");
        var newer = run.Records.Worker(id, "测试新");
        newer.Projection.Revision = 2;
        var otherView = KitRecords.With(newer.Clone(), older.Payload.Value);
        otherView.Projection.Revision = 1;
        using var session = await run.OpenAsync();
        await KitChecks.MustApplyAsync(run, session, newer);
        KitChecks.MustSkip(await session.GiveAsync(older), "the older version");
        KitChecks.MustSkip(await session.GiveAsync(otherView), "the older view");
        return await KitChecks.MustHoldAsync(run, session, "both were skipped; ");
    }

    private static async Task<string> WithinBatchAsync(KitRun run)
    {
        var id = KitRecords.NewId();
        var older = run.Records.Worker(id, "测试旧");
        var newer = run.Records.Worker(id, "测试新");
        using var session = await run.OpenAsync();
        var ack = await session.GiveAsync(newer, older);
        run.Books.Hold(newer);
        KitChecks.Must(ack is { AppliedCount: 1, SkippedCount: 1 }, KitText.Ack(ack));
        return await KitChecks.MustHoldAsync(run, session, KitText.Ack(ack) + "; ");
    }

    private static async Task<string> GapAsync(KitRun run)
    {
        FeedCursor at;
        string came;
        using (var session = await run.OpenAsync())
        {
            at = session.At;
            await session.SendAsync(new SyncFrame
            {
                Batch = new SyncBatch
                {
                    Sequence = 1,
                    From = new FeedCursor { Epoch = at.Epoch, Position = at.Position + 10 },
                    To = new FeedCursor { Epoch = at.Epoch, Position = at.Position + 11 },
                },
            });
            came = await session.TryUntilAsync(frame => frame.Ack is { Sequence: 1 }) is { } frame
                ? throw new PromiseBrokenException(KitText.Ack(frame.Ack))
                : KitChecks.MustEnd(await session.EndAsync(), StatusCode.Aborted, ErrorReason.SyncProtocol);
        }

        using var again = await run.OpenAsync();
        KitChecks.Must(at.Equals(again.At), $"{came}, and then Hello stands at {FeedCursors.Text(again.At)}");
        return came;
    }

    private static List<Record> Three(KitRun run) =>
        [.. Enumerable.Range(0, 3).Select(_ => run.Records.Worker(KitRecords.NewId()))];
}
