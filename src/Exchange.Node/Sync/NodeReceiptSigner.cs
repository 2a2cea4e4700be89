using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// Signs with the node's key; checks with the keys that the agreement names, in any of its versions: a receipt may be
/// older than a partner's present key. What this node signed itself it knows, whatever keys were exchanged.
/// </summary>
internal sealed class NodeReceiptSigner(NodeIdentity identity, NodeKeys keys, IReadOnlyList<AgreementTerms> versions)
    : IReceiptSigner
{
    public NodeSignature Sign(ReadOnlySpan<byte> statement) => new()
    {
        Node = identity.Id,
        Suite = Suites.SignEcdsaP256,
        Signature = UnsafeByteOperations.UnsafeWrap(keys.Sign(statement)),
    };

    public bool Verify(ReadOnlySpan<byte> statement, NodeSignature signature)
    {
        if (signature.Node == identity.Id && IsGood(keys.PublicKey, statement, signature))
        {
            return true;
        }

        foreach (var party in versions.Select(terms => terms.Party(signature.Node)).OfType<AgreementParty>())
        {
            if (IsGood(party.PublicKey.ToByteArray(), statement, signature))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsGood(byte[] key, ReadOnlySpan<byte> statement, NodeSignature signature)
    {
        try
        {
            return signature.Suite == Suites.SignEcdsaP256
                && NodeKeys.Verify(key, statement, signature.Signature.Span);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
