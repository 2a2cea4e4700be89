using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>What a partner needn't take, it doesn't take.</summary>
internal static class LimitPromises
{
    private const string Section = "limits";
    private const int PartOfBatch = 700_000;

    public static IEnumerable<Promise> All =>
    [
        new(
            "limits.full-batch",
            "A batch of 1,000 changes is taken",
            Section,
            "a batch of 1,000 removals of records that never came",
            "an ack",
            async run =>
            {
                using var session = await run.OpenAsync();
                return KitText.Ack(await session.GiveAsync(Removals(run, PageBuilder.MaxChanges)));
            }),
        new(
            "limits.changes",
            "A batch of more than 1,000 changes is refused whole",
            Section,
            "a batch of 1,001 removals of records that never came",
            "ABORTED / ERROR_REASON_SYNC_PROTOCOL, and the cursor where it was",
            run => RefusedAsync(run, () => Removals(run, PageBuilder.MaxChanges + 1))),
        new(
            "limits.bytes",
            "A batch of several changes with more than 2 MiB is refused whole",
            Section,
            "a batch of four records with 0.7 MB each",
            "ABORTED / ERROR_REASON_SYNC_PROTOCOL or RESOURCE_EXHAUSTED, and the cursor where it was",
            run => RefusedAsync(run, () =>
            [
                .. Enumerable.Range(0, 4).Select(_ => new SyncChange
                {
                    Record = KitRecords.With(
                        run.Records.Unknown(KitAgreement.UnknownKind), ByteString.CopyFrom(new byte[PartOfBatch])),
                }),
            ])),
        new(
            "limits.window",
            "Batches beyond the window are refused, or taken in order; nothing is lost and nothing hangs",
            Section,
            "four times as many batches as the Hello's window says, without waiting",
            "acks in order, to the end or to ABORTED / ERROR_REASON_SYNC_PROTOCOL; the next Hello stands at the "
            + "last one or "
            + "behind it",
            WindowAsync),
    ];

    private static SyncChange[] Removals(KitRun run, int count) =>
    [
        .. Enumerable.Range(0, count).Select(_ => new SyncChange
        {
            Removal = run.Records.Removal(
                KitAgreement.UnknownKind, KitRecords.NewId(), RemovalReason.LeftScope),
        }),
    ];

    private static async Task<string> RefusedAsync(KitRun run, Func<SyncChange[]> make)
    {
        FeedCursor at;
        string came;
        using (var session = await run.OpenAsync())
        {
            at = session.At;
            var batch = await session.SendAsync(make());
            if (await session.TryAckAsync(batch) is { } ack)
            {
                throw new PromiseBrokenException(KitText.Ack(ack));
            }

            var end = await session.EndAsync();
            came = end?.Status == StatusCode.ResourceExhausted
                ? KitText.End(end)
                : KitChecks.MustEnd(end, StatusCode.Aborted, ErrorReason.SyncProtocol);
        }

        using var again = await run.OpenAsync();
        KitChecks.Must(at.Equals(again.At), $"{came}, and then Hello stands at {FeedCursors.Text(again.At)}");
        return came;
    }

    private static async Task<string> WindowAsync(KitRun run)
    {
        FeedCursor acknowledged;
        SyncFailure? end = null;
        var acks = 0;
        using (var session = await run.OpenAsync())
        {
            acknowledged = session.At;
            var sent = new List<SyncBatch>();
            for (var i = 0; i < 4 * Math.Min(session.Theirs.Window, 64); i++)
            {
                sent.Add(await session.SendAsync(Removals(run, 1)));
            }

            for (; acks < sent.Count && await session.TryAckAsync(sent[acks]) is { } ack; acks++)
            {
                acknowledged = ack.Applied;
            }

            if (acks < sent.Count)
            {
                end = await session.EndAsync();
                KitChecks.MustEnd(end, StatusCode.Aborted, ErrorReason.SyncProtocol);
            }
        }

        using var again = await run.OpenAsync();
        KitChecks.Must(
            again.At.Position >= acknowledged.Position && again.At.Epoch == acknowledged.Epoch,
            $"{acks} acks, and then Hello stands at {FeedCursors.Text(again.At)}, before the last of them");
        return end is null ? $"all {acks} were taken" : $"{acks} acks, then {KitText.End(end)}";
    }
}
