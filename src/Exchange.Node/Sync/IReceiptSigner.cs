using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Signs receipts with this node's key and checks the peer's signatures. Quick, and without I/O.</summary>
internal interface IReceiptSigner
{
    /// <summary>Signs a statement for this node.</summary>
    NodeSignature Sign(ReadOnlySpan<byte> statement);

    /// <summary>Whether a signature is a node's over a statement.</summary>
    bool Verify(ReadOnlySpan<byte> statement, NodeSignature signature);
}
