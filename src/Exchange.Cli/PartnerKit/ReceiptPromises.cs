using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>What was exchanged is signed by both.</summary>
internal static class ReceiptPromises
{
    private const string Section = "receipts";

    public static IEnumerable<Promise> All =>
    [
        new(
            "receipts.signed",
            "A receipt that says what the partner saw comes back with both signatures, and the session ends",
            Section,
            "a record, CaughtUp, and a receipt of the session with the test node's signature",
            "the same receipt with the partner's good signature behind it, then OK",
            SignedAsync),
        new(
            "receipts.chain",
            "The newest receipt is shown behind Hello, and the next one follows on it",
            Section,
            "a receipt; in the next session one that names it",
            "the first one with `newest` behind the next Hello, and both signatures on the second",
            ChainAsync),
        new(
            "receipts.false",
            "A receipt that says something else than the partner saw isn't signed",
            Section,
            "a record, CaughtUp, and a receipt that counts one change more",
            "ABORTED / ERROR_REASON_RECEIPT_MISMATCH",
            async run => await RefusedAsync(
                run,
                statement => statement.Directions[0].Changes++,
                forged: false,
                StatusCode.Aborted,
                ErrorReason.ReceiptMismatch)),
        new(
            "receipts.forged",
            "A receipt without a good signature isn't signed",
            Section,
            "a record, CaughtUp, and a receipt whose signature is of other bytes",
            "FAILED_PRECONDITION / ERROR_REASON_RECEIPT_FORGED",
            async run => await RefusedAsync(
                run, _ => { }, forged: true, StatusCode.FailedPrecondition, ErrorReason.ReceiptForged)),
    ];

    private static async Task<string> SignedAsync(KitRun run)
    {
        using var session = await run.OpenAsync();
        await KitChecks.MustApplyAsync(run, session, run.Records.Worker(KitRecords.NewId()));
        var complete = await CompleteAsync(run, session);
        return $"receipt {ReceiptLink.Of(complete)!.Number} with both signatures, then OK";
    }

    private static async Task<string> ChainAsync(KitRun run)
    {
        ReceiptLink first;
        using (var session = await run.OpenAsync())
        {
            first = ReceiptLink.Of(await CompleteAsync(run, session))!;
        }

        using var again = await run.OpenAsync();
        var statement = await again.StatementAsync();
        KitChecks.Must(again.Last == first, $"receipt {first} was complete, then {again.Last} was shown");
        await CompleteAsync(run, again, statement);
        return $"receipt {first} was shown, and {first.Number + 1} follows on it";
    }

    private static async Task<string> RefusedAsync(
        KitRun run, Action<SyncReceiptStatement> change, bool forged, StatusCode status, ErrorReason reason)
    {
        using var session = await run.OpenAsync();
        await KitChecks.MustApplyAsync(run, session, run.Records.Worker(KitRecords.NewId()));
        var statement = await session.StatementAsync();
        change(statement);
        var receipt = Sign(run, statement);
        if (forged)
        {
            receipt.Signatures[0].Signature = ByteString.CopyFrom(run.Identity.Keys.Sign("something else"u8));
        }

        await session.SendAsync(new SyncFrame { Receipt = receipt });
        return await session.TryUntilAsync(frame => frame.Receipt is { Newest: false }) is null
            ? KitChecks.MustEnd(await session.EndAsync(), status, reason)
            : throw new PromiseBrokenException("the receipt came back signed");
    }

    private static async Task<SyncReceipt> CompleteAsync(
        KitRun run, KitSession session, SyncReceiptStatement? statement = null)
    {
        var offered = Sign(run, statement ?? await session.StatementAsync());
        await session.SendAsync(new SyncFrame { Receipt = offered });
        var complete = (await session.UntilAsync("a receipt", frame => frame.Receipt is { Newest: false })).Receipt;
        KitChecks.Must(complete.Statement.Equals(offered.Statement), "a receipt with another statement came back");
        KitChecks.Must(
            complete.Signatures is [var own, var theirs] && own.Equals(offered.Signatures[0])
            && theirs.Node == run.Identity.Partner && theirs.Suite == Suites.SignEcdsaP256
            && IsGood(run, complete, theirs),
            "the receipt came back without a good signature of the partner behind the test node's");
        var end = await session.CompleteAsync();
        KitChecks.Must(end is null, $"the receipt is complete, but {KitText.End(end)}");
        return complete;
    }

    private static SyncReceipt Sign(KitRun run, SyncReceiptStatement statement)
    {
        var bytes = statement.ToByteString();
        return new SyncReceipt
        {
            Statement = bytes,
            Signatures =
            {
                new NodeSignature
                {
                    Node = run.Identity.Node,
                    Suite = Suites.SignEcdsaP256,
                    Signature = ByteString.CopyFrom(run.Identity.Keys.Sign(bytes.Span)),
                },
            },
        };
    }

    private static bool IsGood(KitRun run, SyncReceipt receipt, NodeSignature theirs) => NodeKeys.Verify(
        run.Identity.PartnerCard.PublicKey.ToByteArray(), receipt.Statement.Span, theirs.Signature.Span);
}
