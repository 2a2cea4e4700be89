using System.Globalization;
using System.Security.Cryptography;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>A place in the chain of receipts between two nodes.</summary>
/// <param name="Number">Counts from 1; 0 before the first.</param>
/// <param name="Digest">What the next receipt names as the one before it; empty before the first.</param>
internal sealed record ReceiptLink(ulong Number, ByteString Digest)
{
    // The beginning of a digest tells two receipts apart as well as the whole does, and fits on a line.
    private const int ShownDigestBytes = 8;

    /// <summary>Where a chain begins.</summary>
    public static ReceiptLink Beginning { get; } = new(0, ByteString.Empty);

    /// <summary>The place of a complete receipt; null when its statement can't be read.</summary>
    public static ReceiptLink? Of(SyncReceipt receipt) =>
        Read(receipt) is { } statement ? new ReceiptLink(statement.Number, DigestOf(receipt)) : null;

    /// <summary>What a receipt says; null when it can't be read.</summary>
    public static SyncReceiptStatement? Read(SyncReceipt receipt)
    {
        try
        {
            return SyncReceiptStatement.Parser.ParseFrom(receipt.Statement);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>The SHA-256 by which the next receipt names this one.</summary>
    public static ByteString DigestOf(SyncReceipt receipt)
    {
        var kept = new SyncReceipt { Statement = receipt.Statement, Signatures = { receipt.Signatures } };
        return UnsafeByteOperations.UnsafeWrap(SHA256.HashData(kept.ToByteArray()));
    }

    /// <summary>The place, for people.</summary>
    public override string ToString()
    {
        var number = Number.ToString(CultureInfo.InvariantCulture);
        var shown = Math.Min(ShownDigestBytes, Digest.Length);
        return Number == 0 ? "none" : $"{number} ({Convert.ToHexStringLower(Digest.Span[..shown])})";
    }
}
