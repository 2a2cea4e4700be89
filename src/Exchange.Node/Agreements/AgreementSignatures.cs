using System.Security.Cryptography;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Agreements;

/// <summary>
/// Signatures of agreements. What is signed begins with words of its own, so that no other statement is it.
/// </summary>
internal static class AgreementSignatures
{
    private static ReadOnlySpan<byte> Domain => "exchange agreement signature v1\n"u8;

    /// <summary>Signs an agreement's bytes for this node.</summary>
    public static NodeSignature Sign(ByteString agreement, string node, NodeKeys keys) => new()
    {
        Node = node,
        Suite = Suites.SignEcdsaP256,
        Signature = UnsafeByteOperations.UnsafeWrap(keys.Sign(Text(agreement))),
    };

    /// <summary>What is wrong with the signatures, each with its node; empty when all are good.</summary>
    public static IEnumerable<(string Node, string Detail)> Check(SignedAgreement signed, Agreement agreement)
    {
        for (var i = 0; i < signed.Signatures.Count; i++)
        {
            var signature = signed.Signatures[i];
            if (agreement.Parties.FirstOrDefault(party => party.Node == signature.Node) is not { } party)
            {
                var shown = Sync.NodeIds.IsValid(signature.Node) ? signature.Node : "unnamed";
                yield return (shown, "signed, but no party");
            }
            else if (signed.Signatures.Take(i).Any(other => other.Node == signature.Node))
            {
                yield return (party.Node, "signed twice");
            }
            else if (signature.Suite != Suites.SignEcdsaP256)
            {
                yield return (party.Node, $"signed with a suite other than {Suites.SignEcdsaP256}");
            }
            else if (!IsGood(signed.Agreement, party, signature))
            {
                yield return (party.Node, "not signed with the key that the agreement names");
            }
        }
    }

    private static bool IsGood(ByteString agreement, AgreementParty party, NodeSignature signature)
    {
        try
        {
            return NodeKeys.Verify(party.PublicKey.ToByteArray(), Text(agreement), signature.Signature.Span);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Text(ByteString agreement) => [.. Domain, .. agreement.Span];
}
