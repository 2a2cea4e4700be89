using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>A feed whose node was restored from a backup is another feed.</summary>
internal static class EpochPromises
{
    private const string Section = "epochs";

    public static IEnumerable<Promise> All =>
    [
        new(
            "epochs.foreign",
            "A batch of another epoch than the Hello's is refused",
            Section,
            "a batch whose cursors name another epoch",
            "ABORTED / ERROR_REASON_SYNC_PROTOCOL",
            ForeignAsync),
        new(
            "epochs.new",
            "After a change of the epoch the feed is taken from its start, and what is held already is skipped",
            Section,
            "two records; then a Hello of a new epoch, and both again from position 0 on",
            "an ack that skips both, a Hello behind it in the new epoch, and the digest as before",
            NewAsync),
        new(
            "epochs.returns",
            "A giver that was restored gets back what is held of it, byte for byte, before anything else",
            Section,
            "a record with a field that no version has; then a Hello of a new epoch, which stands in the "
            + "partner's feed where "
            + "the test node stood before",
            "batches that give records back, the record among them with the same payload, and `last` in the end",
            ReturnsAsync),
    ];

    private static async Task<string> ForeignAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        var other = Guid.NewGuid().ToString();
        var record = run.Records.Worker(KitRecords.NewId());
        run.Books.Name(record.Kind, record.Id, record.Version);
        await session.SendAsync(new SyncFrame
        {
            Batch = new SyncBatch
            {
                Sequence = 1,
                From = new FeedCursor { Epoch = other, Position = session.At.Position },
                To = new FeedCursor { Epoch = other, Position = session.At.Position + 1 },
                Changes = { new SyncChange { Record = record } },
            },
        });
        return await session.TryUntilAsync(frame => frame.Ack is { Sequence: 1 }) is { } frame
            ? throw new PromiseBrokenException(KitText.Ack(frame.Ack))
            : KitChecks.MustEnd(await session.EndAsync(), StatusCode.Aborted, ErrorReason.SyncProtocol);
    }

    private static async Task<string> NewAsync(KitRun run)
    {
        Record[] records =
        [
            run.Records.Worker(KitRecords.NewId()), run.Records.Worker(KitRecords.NewId()),
        ];
        using (var session = await run.OpenAsync())
        {
            await session.GiveAsync(records);
            Array.ForEach(records, run.Books.Hold);
            await KitChecks.MustHoldAsync(run, session, "before: ");
        }

        run.BeginNewEpoch();
        using (var session = await run.OpenAsync())
        {
            KitChecks.Must(session.Theirs.Applied?.Epoch != run.Epoch, "Hello names an epoch that nobody told it");
            var ack = await session.GiveAsync(records);
            KitChecks.Must(ack is { AppliedCount: 0, SkippedCount: 2, Quarantined.Count: 0 }, KitText.Ack(ack));
            await KitChecks.MustHoldAsync(run, session, KitText.Ack(ack) + "; ");
        }

        using var again = await run.OpenAsync();
        var at = FeedCursors.Text(again.Theirs.Applied);
        KitChecks.Must(again.Theirs.Applied?.Epoch == run.Epoch, $"then Hello stands at {at}");
        return await KitChecks.MustHoldAsync(run, again, "both were skipped; ");
    }

    private static async Task<string> ReturnsAsync(KitRun run)
    {
        // A backup brings back both: what the test node gave, and how far it had taken the partner's feed.
        var before = run.Taken.Cursor;
        var record = run.Records.WorkerOfTomorrow(KitRecords.NewId());
        using (var session = await run.OpenAsync())
        {
            await session.GiveAsync(record);
            run.Books.Hold(record);
            await KitChecks.MustHoldAsync(run, session, "before: ");
        }

        run.BeginNewEpoch();
        run.Taken.Returned.Clear();
        using var restored = await run.OpenAsync(hello => hello.Applied = before);
        await restored.StatementAsync();
        var returned = run.Taken.Returned;
        if (returned.Count == 0)
        {
            throw new PromiseUntestedException(
                "it gives nothing back: a receiver may do so, and the home of lost records goes without them");
        }

        var own = returned.Select(one => one.Record).FirstOrDefault(one => one?.Id == record.Id);
        KitChecks.Must(own is not null, $"{returned.Count} were given back, and the record isn't among them");
        KitChecks.Must(own!.Payload.Value.Equals(record.Payload.Value), "the record came back with another payload");
        KitChecks.Must(returned[^1].Last, "`last` didn't come");
        return $"{returned.Count - 1} were given back, the record as it was";
    }
}
