using Exchange.Node.Sync;
using Exchange.Testing.Simulation;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Tests.Sync;

/// <summary>Receipts between "left" and "right" for tests of one side.</summary>
internal static class ReceiptBench
{
    public static readonly SimulatedSigner Us = new("left");
    public static readonly SimulatedSigner Peer = new("right");

    /// <summary>A complete receipt of an earlier session that "right" called for.</summary>
    public static SyncReceipt Earlier(ulong number, string text = "old", ByteString? previous = null)
    {
        var statement = new SyncReceiptStatement
        {
            SessionId = text,
            AgreementId = "left-right",
            Number = number,
            PreviousDigest = previous ?? ByteString.Empty,
            Directions =
            {
                Direction("right", SessionBench.Right(5), "in"),
                Direction("left", SessionBench.Left(10), "out"),
            },
        };
        var receipt = new SyncReceipt { Statement = statement.ToByteString() };
        receipt.Signatures.Add(Peer.Sign(receipt.Statement.Span));
        receipt.Signatures.Add(Us.Sign(receipt.Statement.Span));
        return receipt;
    }

    /// <summary>A receipt as the other side shows it after Hello.</summary>
    public static SyncFrame Shown(SyncReceipt receipt)
    {
        var shown = receipt.Clone();
        shown.Newest = true;
        return new SyncFrame { Receipt = shown };
    }

    /// <summary>The called side, settled, and what the calling side would offer it.</summary>
    public static (SessionBench Bench, SyncReceipt Receipt) Offered(
        Action<SyncReceiptStatement> spoil, SyncReceipt? newest = null)
    {
        var bench = new SessionBench(isCaller: false);
        bench.Give(new SyncInput.Connected(SessionBench.Right(5), newest));
        bench.Frame(new SyncFrame { Hello = SessionBench.Hello() });
        bench.SettleOutgoing();
        bench.SettleIncoming();
        var statement = new SyncReceiptStatement
        {
            SessionId = SessionBench.SessionId,
            AgreementId = "left-right",
            AgreementVersion = 2,
            Number = 1,
            Directions =
            {
                Direction("right", SessionBench.Right(5), "in"),
                Direction("left", SessionBench.Left(10), "out"),
            },
        };
        spoil(statement);
        var receipt = new SyncReceipt { Statement = statement.ToByteString() };
        receipt.Signatures.Add(Peer.Sign(receipt.Statement.Span));
        return (bench, receipt);
    }

    public static SyncDirectionStatement Direction(string from, FeedCursor cursor, string root) => new()
    {
        FromNode = from,
        From = cursor,
        To = cursor,
        DigestRoot = SessionBench.Digest(root),
        DigestMatches = true,
    };
}
