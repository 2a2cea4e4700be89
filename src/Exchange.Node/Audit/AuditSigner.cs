using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Audit;

/// <summary>
/// Signs heads with the node's key, and checks with every key that agreements ever named as this node's.
/// </summary>
internal sealed class AuditSigner(NodeIdentity identity, NodeKeys keys, AgreementBook agreements)
{
    /// <summary>Signs a head.</summary>
    public AuditHeadSignature Sign(AuditHead head) => new()
    {
        Head = head,
        Signature = new NodeReceiptSigner(identity, keys, []).Sign(head.ToByteArray()),
        PublicKey = ByteString.CopyFrom(keys.PublicKey),
    };

    /// <summary>Returns what checks signatures, under the agreements of this moment.</summary>
    public async Task<Func<AuditHeadSignature, bool>> CheckAsync(CancellationToken cancellationToken)
    {
        var held = await agreements.ReadAsync(cancellationToken);
        var signer = new NodeReceiptSigner(identity, keys, [.. held.Select(agreement => agreement.Terms)]);
        return signed => signed is { Head: { } head, Signature: { } signature }
            && signature.Node == identity.Id
            && signer.Verify(head.ToByteArray(), signature);
    }
}
