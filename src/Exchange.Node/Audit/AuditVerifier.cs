using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Audit;

/// <summary>
/// Checks the whole chain: every entry, every signature, and every entry that somebody else knows of: the store's
/// own head, the file beside the store, and the receipts that partners signed.
/// </summary>
internal sealed class AuditVerifier(
    IRecordStore store, AuditSigner signer, AuditAnchor anchor, SyncPeers peers, NodeIdentity identity)
{
    private const int PageSize = 1000;

    /// <summary>Reads everything.</summary>
    /// <param name="brought">Receipts that others hold.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<VerifyAuditResponse> RunAsync(
        IReadOnlyList<SyncReceipt> brought, CancellationToken cancellationToken)
    {
        // Asked before the chain is read: it grows meanwhile.
        var own = await AuditChain.HeadAsync(store, cancellationToken);
        var kept = anchor.Read();
        var isGood = await signer.CheckAsync(cancellationToken);
        var reading = new ChainReading();
        await foreach (var entry in store.ReadAllEntriesAsync(AuditChain.Collection, default, cancellationToken))
        {
            reading.Add(entry);
        }

        if (own is not null)
        {
            await CompareAsync(reading, new KnownHead(own, "the store"), cancellationToken);
        }
        else if (reading.Found.NewestSequence > 0)
        {
            reading.Tell(
                reading.Found.NewestSequence, AuditFindingKind.Changed, "the store's note of the newest is damaged");
        }

        await CheckClaimsAsync(reading, isGood, cancellationToken);
        if (kept is not null && isGood(kept))
        {
            await CompareAsync(
                reading, new KnownHead(kept.Head, "the file beside the store"), cancellationToken);
        }

        await CheckReceiptsAsync(reading, brought, cancellationToken);
        return reading.Found;
    }

    private async Task CheckClaimsAsync(
        ChainReading reading, Func<AuditHeadSignature, bool> isGood, CancellationToken cancellationToken)
    {
        foreach (var entry in reading.Claims)
        {
            if (entry.Signature is { } signed)
            {
                reading.Found.SignatureCount++;
                if (!isGood(signed))
                {
                    reading.Tell(
                        entry.Sequence, AuditFindingKind.Signature, "its signature isn't one of this node");
                }
                else
                {
                    await CompareAsync(
                        reading, new KnownHead(signed.Head, $"the signature in entry {entry.Sequence}"),
                        cancellationToken);
                }
            }
            else if (entry.Lost is { } lost)
            {
                // A restore makes a gap of them, a cut is a finding for good.
                await CompareAsync(
                    reading, new KnownHead(lost, $"entry {entry.Sequence}, written at a start,"), cancellationToken);
            }
        }
    }

    private async Task CheckReceiptsAsync(
        ChainReading reading, IReadOnlyList<SyncReceipt> brought, CancellationToken cancellationToken)
    {
        foreach (var receipt in brought)
        {
            await CheckReceiptAsync(reading, receipt, "a receipt that was brought", cancellationToken);
        }

        foreach (var peer in peers.All)
        {
            ulong? before = null;
            IReadOnlyList<SyncReceipt> page;
            do
            {
                page = await new SyncReceipts(store, peer.Node).ListAsync(before, PageSize, cancellationToken);
                foreach (var receipt in page)
                {
                    await CheckReceiptAsync(reading, receipt, $"a receipt with {peer.Node}", cancellationToken);
                    before = ReceiptLink.Read(receipt)?.Number ?? before - 1;
                }
            }
            while (page.Count == PageSize);
        }
    }

    private async Task CheckReceiptAsync(
        ChainReading reading, SyncReceipt receipt, string source, CancellationToken cancellationToken)
    {
        if (ReceiptLink.Read(receipt) is not { } statement || statement.Directions.Count != ReceiptCheck.Complete)
        {
            return;
        }

        // The first direction is the one that the calling side gave.
        var isCaller = statement.Directions[0].FromNode == identity.Id;
        var bytes = isCaller ? statement.CallerAuditHead : statement.CalledAuditHead;
        if (AuditChain.ReadHead(bytes.Span) is { } head)
        {
            reading.Found.ReceiptCount++;
            await CompareAsync(
                reading, new KnownHead(head, $"{source}, number {statement.Number},"), cancellationToken);
        }
    }

    private async Task CompareAsync(ChainReading reading, KnownHead known, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(
            AuditChain.Collection, [AuditChain.KeyOf(known.Head.Sequence)], cancellationToken);
        reading.Compare(known, found[0]);
    }
}
