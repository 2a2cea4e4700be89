using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;
using static Exchange.Node.Tests.PartnerKit.BrokenPartner;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners whose digests, epochs and receipts prove nothing.</summary>
internal static class BrokenBooks
{
    private const string Signed = "the receipt came back signed";

    public static IEnumerable<BrokenPartner> All => Digests.Concat(Epochs).Concat(Receipts);

    private static IEnumerable<BrokenPartner> Digests =>
    [
        new(
            "One whose digests are made with another key",
            ["digests.right"],
            OnVerdict(verdict =>
            {
                verdict.Matches = false;
                verdict.Digest = new SyncDigest { Count = verdict.Digest.Count, Root = ByteString.CopyFrom(new byte[32]) };
            }),
            ("digests.right", "its digest differs")),
        new(
            "One that finds every digest right",
            ["digests.right", "digests.wrong"],
            OnVerdict(verdict => (verdict.Matches, verdict.Inspects) = (true, false)),
            ("digests.wrong", "a verdict that matches")),
        new(
            "One that tells a foreign digest for its own",
            ["digests.right", "digests.wrong"],
            OnVerdict(verdict => verdict.Digest.Root = verdict.Matches
                ? verdict.Digest.Root
                : ByteString.CopyFrom(new byte[32])),
            ("digests.wrong", "a verdict that differs, but its own digest")),
        new(
            "One that counts nothing anew",
            ["digests.recount"],
            OnVerdict(verdict => verdict.Recounted = false),
            ("digests.recount", "it wasn't counted anew")),
        new(
            "One that leaves out what it holds",
            ["digests.inspect"],
            OnSent(frame => frame.Inspection?.Items.Clear()),
            ("digests.inspect", "0 items, and a worker isn't among them")),
    ];

    private static IEnumerable<BrokenPartner> Epochs =>
    [
        new(
            "One that takes the batches of any epoch",
            ["epochs"],
            partner =>
            {
                var epoch = "";
                OnReceived(frame =>
                {
                    epoch = frame.Hello?.Epoch ?? epoch;
                    if (frame.Batch is { } batch)
                    {
                        batch.From.Epoch = batch.To.Epoch = epoch;
                    }
                })(partner);
            },
            ("epochs.foreign", "an ack: 1 applied, 0 skipped")),
        new(
            "One that takes its place in one epoch for one in the next",
            ["epochs.new"],
            partner =>
            {
                var epoch = "";
                OnReceived(frame => epoch = frame.Hello?.Epoch ?? epoch)(partner);
                OnSent(frame =>
                {
                    if (frame.Hello?.Applied is { } applied)
                    {
                        applied.Epoch = epoch;
                    }
                })(partner);
            },
            ("epochs.new", "Hello names an epoch that nobody told it")),
        new(
            "One that gives back what it understood",
            ["epochs.returns"],
            OnSent(frame =>
            {
                foreach (var change in frame.Batch?.Changes.Where(change => change.Returned?.Record is not null) ?? [])
                {
                    var payload = change.Returned.Record.Payload;
                    payload.Value = Worker.Parser.WithDiscardUnknownFields(true).ParseFrom(payload.Value).ToByteString();
                }
            }),
            ("epochs.returns", "the record came back with another payload")),
    ];

    private static IEnumerable<BrokenPartner> Receipts =>
    [
        new(
            "One that countersigns with nonsense",
            ["receipts.signed", "receipts.false"],
            OnSent(frame =>
            {
                if (frame.Receipt is { Newest: false, Signatures: [_, var own] })
                {
                    own.Signature = ByteString.CopyFromUtf8("nonsense");
                }
            }),
            ("receipts.signed", "without a good signature of the partner")),
        new(
            "One that forgets its newest receipt",
            ["receipts.chain"],
            partner =>
            {
                var isComplete = false;
                partner.Breakage.Sent = frame =>
                {
                    isComplete |= frame.Receipt is { Newest: false };
                    return frame.Receipt is { Newest: true } && isComplete ? null : frame;
                };
            },
            ("receipts.chain", "was complete, then")),
        new(
            "One that signs what it hasn't seen",
            ["receipts.false"],
            partner => SignsWhatItGets(partner, isGood: true),
            ("receipts.false", Signed)),
        new(
            "One that signs behind a forged signature",
            ["receipts.forged"],
            partner => SignsWhatItGets(partner, isGood: false),
            ("receipts.forged", Signed)),
    ];

    private static void SignsWhatItGets(CheckedPartner partner, bool isGood) => partner.Breakage.Answered = frame =>
    {
        if (frame.Receipt is not { Newest: false } receipt || isGood != NodeKeys.Verify(
            partner.Kit.Keys.PublicKey, receipt.Statement.Span, receipt.Signatures[0].Signature.Span))
        {
            return null;
        }

        var signed = receipt.Clone();
        signed.Signatures.Add(new NodeSignature
        {
            Node = partner.Kit.Partner,
            Suite = receipt.Signatures[0].Suite,
            Signature = ByteString.CopyFrom(partner.Keys.Sign(receipt.Statement.Span)),
        });
        return new SyncFrame { Receipt = signed };
    };
}
