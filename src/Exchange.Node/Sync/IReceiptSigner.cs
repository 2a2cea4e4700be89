using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Signs receipts with this node's key and checks the peer's signatures. Quick, and without I/O.</summary>
internal interface IReceiptSigner
{
    /// <summary>Signs a statement for this node.</summary>
    NodeSignature Sign(ReadOnlySpan<byte> statement);

    /// <summary>
    /// Whether a signature is a node's over a statement. True as well when no key of that node was exchanged yet: the
    /// receipt is then worth as much as the connection that it came over.
    /// </summary>
    bool Verify(ReadOnlySpan<byte> statement, NodeSignature signature);
}
