using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>Signs with the node's key; checks with the keys that the agreement names.</summary>
internal sealed class NodeReceiptSigner(NodeIdentity identity, NodeKeys keys, AgreementTerms terms) : IReceiptSigner
{
    public NodeSignature Sign(ReadOnlySpan<byte> statement) => new()
    {
        Node = identity.Id,
        Suite = NodeKeys.SignatureSuite,
        Signature = UnsafeByteOperations.UnsafeWrap(keys.Sign(statement)),
    };

    public bool Verify(ReadOnlySpan<byte> statement, NodeSignature signature)
    {
        if (terms.Party(signature.Node) is not { } party)
        {
            return false;
        }

        if (party.PublicKey.IsEmpty)
        {
            return true;
        }

        try
        {
            return signature.Suite == NodeKeys.SignatureSuite
                && NodeKeys.Verify(party.PublicKey.ToByteArray(), statement, signature.Signature.Span);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
