using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// Signs with the node's key; checks with the keys that the agreement names, in any of its versions: a receipt may be
/// older than a partner's present key.
/// </summary>
internal sealed class NodeReceiptSigner(NodeIdentity identity, NodeKeys keys, IReadOnlyList<AgreementTerms> versions)
    : IReceiptSigner
{
    public NodeSignature Sign(ReadOnlySpan<byte> statement) => new()
    {
        Node = identity.Id,
        Suite = NodeKeys.SignatureSuite,
        Signature = UnsafeByteOperations.UnsafeWrap(keys.Sign(statement)),
    };

    public bool Verify(ReadOnlySpan<byte> statement, NodeSignature signature)
    {
        foreach (var party in versions.Select(terms => terms.Party(signature.Node)).OfType<AgreementParty>())
        {
            if (party.PublicKey.IsEmpty || IsGood(party, statement, signature))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsGood(AgreementParty party, ReadOnlySpan<byte> statement, NodeSignature signature)
    {
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
