using System.Globalization;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// Whether a receipt can be signed, or taken over: what it must say, and whose signatures it must have.
/// </summary>
internal static class ReceiptCheck
{
    /// <summary>How many signatures a complete receipt has: the calling side's, then the called side's.</summary>
    public const int Complete = 2;

    /// <summary>Returns what keeps this side from signing; null when it saw the same itself.</summary>
    public static SyncFailure? Statement(
        SyncReceiptStatement statement,
        SyncSessionOptions ours,
        string sessionId,
        ReceiptLink last,
        ByteString peerHead,
        DirectionStatements incoming,
        DirectionStatements outgoing)
    {
        var terms = ours.Agreement.Agreement;
        if (statement.Directions.Count != Complete)
        {
            return SyncFailure.ReceiptInvalid("the statement doesn't name both directions");
        }

        return Same("session_id", sessionId, statement.SessionId)
            ?? Same("agreement_id", terms.Id, statement.AgreementId)
            ?? Chain(statement, last)
            ?? Same("caller_audit_head", Hex(peerHead), Hex(statement.CallerAuditHead))
            ?? Same("called_audit_head", Hex(ours.AuditHead), Hex(statement.CalledAuditHead))
            ?? Direction(0, incoming, statement.Directions[0])
            ?? Direction(1, outgoing, statement.Directions[1]);
    }

    /// <summary>
    /// Returns what is wrong with a receipt that a peer shows as complete; null when both nodes signed it, and nobody
    /// else.
    /// </summary>
    public static SyncFailure? Signatures(
        SyncReceipt receipt, SyncReceiptStatement statement, string node, string peer, IReceiptSigner signer)
    {
        if (statement.Directions.Count != Complete
            || !statement.Directions.Select(direction => direction.FromNode).Order(StringComparer.Ordinal)
                .SequenceEqual(new[] { node, peer }.Order(StringComparer.Ordinal)))
        {
            return SyncFailure.ReceiptInvalid($"the statement isn't about '{node}' and '{peer}'");
        }

        if (receipt.Signatures.Count > Complete)
        {
            return SyncFailure.ReceiptInvalid("it has more than two signatures");
        }

        return new[] { node, peer }
            .Where(party => !IsSigned(receipt, party, signer))
            .Select(party => SyncFailure.ReceiptForged(party, statement.Number))
            .FirstOrDefault();
    }

    /// <summary>Whether a node's good signature is on a receipt.</summary>
    public static bool IsSigned(SyncReceipt receipt, string node, IReceiptSigner signer) =>
        receipt.Signatures.FirstOrDefault(signature => signature.Node == node) is { } signed
        && signer.Verify(receipt.Statement.Span, signed);

    private static SyncFailure? Chain(SyncReceiptStatement statement, ReceiptLink last) =>
        statement.Number == last.Number + 1 && statement.PreviousDigest.Equals(last.Digest)
            ? null
            : SyncFailure.ReceiptChainBroken(last, new ReceiptLink(statement.Number - 1, statement.PreviousDigest));

    private static SyncFailure? Direction(int index, DirectionStatements seen, SyncDirectionStatement said)
    {
        if (seen.Contains(said))
        {
            return null;
        }

        // Several comparisons may be under way in a live session; the newest is the one that a receipt should be about.
        var own = seen.Latest ?? new SyncDirectionStatement();
        var at = $"directions[{index}].";
        return Same(at + "from_node", own.FromNode, said.FromNode)
            ?? Same(at + "from", Cursor(own.From), Cursor(said.From))
            ?? Same(at + "to", Cursor(own.To), Cursor(said.To))
            ?? Same(at + "changes", Text(own.Changes), Text(said.Changes))
            ?? Same(at + "quarantined", Text(own.Quarantined), Text(said.Quarantined))
            ?? Same(at + "digest_root", Hex(own.DigestRoot), Hex(said.DigestRoot))
            ?? Same(at + "digest_count", Text(own.DigestCount), Text(said.DigestCount))
            ?? SyncFailure.ReceiptMismatch(at + "digest_matches", $"{own.DigestMatches}", $"{said.DigestMatches}");
    }

    private static SyncFailure? Same(string field, string ours, string theirs) =>
        ours == theirs ? null : SyncFailure.ReceiptMismatch(field, ours, theirs);

    private static string Cursor(FeedCursor? cursor) => FeedCursors.Text(cursor ?? new FeedCursor());

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);
}
