using System.Security.Cryptography;
using Exchange.Cli.PartnerKit;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using static Exchange.Node.Tests.PartnerKit.BrokenPartner;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners that lose, mix up or misjudge what they are given.</summary>
internal static class BrokenReceivers
{
    private const string Applied = "an ack: 1 applied, 0 skipped";

    public static IEnumerable<BrokenPartner> All =>
        Resuming.Concat(Ordering).Concat(Quarantining).Concat(Unknowing).Concat(Bounding);

    private static IEnumerable<BrokenPartner> Resuming =>
    [
        new(
            "One that acknowledges before it commits",
            ["resume"],
            partner =>
            {
                var disk = new EarlyAcknowledger.Disk();
                partner.Breakage.Sink = sink => new EarlyAcknowledger(sink, disk);
            },
            ("resume.durable", "the ack said")),
        new(
            "One that moves its cursor and loses what stood before it",
            ["resume"],
            OnBatch(batch =>
            {
                if (batch.Changes.Count(change => change.Record is not null) >= 3)
                {
                    batch.Changes.Clear();
                }
            }),
            ("resume.durable", "an ack: 0 applied, 0 skipped"),
            ("resume.unacknowledged", "its digest differs")),
        new(
            "One that acknowledges out of order",
            ["resume"],
            OnAck(ack => ack.Sequence += ack.Sequence == 2 ? 1u : 0),
            ("resume.window", "ack 3 came")),
    ];

    private static IEnumerable<BrokenPartner> Ordering =>
    [
        new(
            "One that counts repeats twice",
            ["duplicates", "order", "epochs.new"],
            partner =>
            {
                var sum = new DoubleCounter.Sum();
                partner.Breakage.Sink = sink => new DoubleCounter(sink, sum);
            },
            ("duplicates.records", "an ack: 0 applied, 2 skipped; its digest differs"),

            // A feed of a new epoch repeats what is held, too.
            ("epochs.new", "an ack: 0 applied, 2 skipped; its digest differs")),
        new(
            "One for which the last to come wins",
            ["duplicates", "order"],
            partner =>
            {
                var held = new Dictionary<string, ulong>();
                OnRecord(record =>
                {
                    if (record.Payload?.Value is { } payload && payload.ToStringUtf8().Contains('旧')
                        && held.TryGetValue(record.Id, out var newest) && record.Version.Clock < newest)
                    {
                        record.Version.Clock = newest + 1;
                    }

                    held[record.Id] = record.Version.Clock;
                })(partner);
            },
            ("order.versions", "the older version: " + Applied),
            ("order.within-batch", "an ack: 1 applied, 1 skipped; its digest differs")),
        new(
            "One that takes batches wherever they begin",
            ["duplicates", "order"],
            partner =>
            {
                FeedCursor at = new();
                OnSent(frame => at = frame.Hello is { } hello ? FeedCursors.Within(at.Epoch, hello.Applied) : at)(partner);
                OnReceived(frame =>
                {
                    at = frame.Hello is { } hello ? FeedCursors.Start(hello.Epoch) : at;
                    if (frame.Batch is { } batch)
                    {
                        (batch.From, at) = (at, batch.To);
                    }
                })(partner);
            },
            ("order.gap", "an ack: 0 applied, 0 skipped")),
    ];

    private static IEnumerable<BrokenPartner> Quarantining =>
    [
        new(
            "One that tells nobody what it can't use",
            ["quarantine"],
            OnAck(ack => ack.Quarantined.Clear()),
            ("quarantine.invalid", Applied),
            ("quarantine.clock-ahead", "an ack: 0 applied, 0 skipped"),
            ("quarantine.not-from-home", Applied),
            ("quarantine.out-of-agreement", Applied)),
        new(
            "One that keeps no eye on what is missing",
            ["quarantine"],
            OnAck(ack => ack.Waiting.Clear()),
            ("quarantine.waiting", "the event: " + Applied)),
    ];

    private static IEnumerable<BrokenPartner> Unknowing =>
    [
        new(
            "One that breaks down at a frame that it doesn't know",
            ["unknown"],
            BreaksDown(frame => frame.FrameCase == SyncFrame.FrameOneofCase.None),
            ("unknown.frames", "the call ended with UNAVAILABLE")),
        new(
            "One that forgets the fields that it doesn't know",
            ["unknown"],
            OnRecord(record =>
            {
                if (record is { Kind: "worker", Payload: { } payload })
                {
                    payload.Value = Worker.Parser.WithDiscardUnknownFields(true).ParseFrom(payload.Value).ToByteString();
                    record.PayloadHash = ByteString.CopyFrom(SHA256.HashData(payload.Value.Span));
                }
            }),
            ("unknown.fields", "its digest differs")),
        new(
            "One that drops kinds that it doesn't know",
            ["unknown"],
            Loses(change => change.Record?.Kind == KitAgreement.UnknownKind),
            ("unknown.kinds", "an ack: 0 applied, 0 skipped")),
    ];

    private static IEnumerable<BrokenPartner> Bounding =>
    [
        new(
            "One that takes no full batch",
            ["limits.full-batch", "limits.changes"],
            BreaksDown(frame => frame.Batch?.Changes.Count > 500, StatusCode.ResourceExhausted),
            ("limits.full-batch", "the call ended with RESOURCE_EXHAUSTED")),
        new(
            "One that takes any size",
            ["limits.changes", "limits.bytes"],
            OnBatch(batch =>
            {
                while (batch.Changes.Count > 1000 || batch.CalculateSize() > 2 << 20)
                {
                    batch.Changes.RemoveAt(batch.Changes.Count - 1);
                }
            }),
            ("limits.changes", "an ack: "),
            ("limits.bytes", "an ack: ")),
        new(
            "One that breaks down behind its window",
            ["limits.window"],
            partner =>
            {
                var window = uint.MaxValue;
                OnSent(frame => window = frame.Hello?.Window ?? window)(partner);
                BreaksDown(frame => frame.Batch?.Sequence > window)(partner);
            },
            ("limits.window", "the call ended with UNAVAILABLE")),
    ];
}
