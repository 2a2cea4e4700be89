using System.Globalization;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Reports;

/// <summary>What was exchanged with partners, over gRPC.</summary>
internal sealed class ReportService(
    IRecordStore store,
    MorningReports reports,
    SyncPeers peers,
    NodeIdentity identity,
    NodeKeys keys,
    TimeProvider time)
    : V1.ReportService.ReportServiceBase
{
    private const int AuditPage = 500;

    public override async Task<ListReceiptsResponse> ListReceipts(
        ListReceiptsRequest request, ServerCallContext context)
    {
        var peer = Find(request.Peer);
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListReceiptsRequest { Peer = request.Peer };
        var before = PageToken.DecodeNumber(request.PageToken, scope, time);
        var receipts = await new SyncReceipts(store, peer.Node).ListAsync(before, size + 1, context.CancellationToken);
        var response = new ListReceiptsResponse();
        response.Receipts.AddRange(receipts.Take(size).Select(receipt => new StoredReceipt
        {
            Receipt = receipt,
            Statement = ReceiptLink.Read(receipt),
            Digest = ReceiptLink.DigestOf(receipt),
        }));
        if (receipts.Count > size)
        {
            var last = response.Receipts[^1].Statement.Number.ToString(CultureInfo.InvariantCulture);
            response.NextPageToken = PageToken.Encode(new QueryCursor(last, Guid.Empty), scope, time);
        }

        return response;
    }

    public override async Task<VerifyReceiptsResponse> VerifyReceipts(
        VerifyReceiptsRequest request, ServerCallContext context)
    {
        var peer = Find(request.Peer);
        var receipts = new SyncReceipts(store, peer.Node);
        var signer = new NodeReceiptSigner(identity, keys, peer.Versions);
        var audit = new ReceiptAudit(identity.Id, peer.Node, signer);
        ulong? before = null;
        while (true)
        {
            var page = await receipts.ListAsync(before, AuditPage, context.CancellationToken);
            foreach (var receipt in page)
            {
                audit.Add(receipt);
                before = ReceiptLink.Read(receipt)?.Number ?? before - 1;
            }

            if (page.Count < AuditPage)
            {
                return audit.End();
            }
        }
    }

    public override Task<GetMorningReportResponse> GetMorningReport(
        GetMorningReportRequest request, ServerCallContext context)
    {
        var today = NodeIdentity.Today(time);
        var day = request.Day is null ? today : DateRules.Day(request.Day);
        if (day is not { } asked || asked > today)
        {
            throw ExchangeException.Invalid("day", "It must be a day that exists and has come, in Asia/Shanghai.");
        }

        if (!Enum.IsDefined(request.Language))
        {
            throw ExchangeException.Invalid("language", "This version writes Chinese and English.");
        }

        return reports.MakeAsync(asked, request.Language, context.CancellationToken);
    }

    private SyncPeer Find(string node) => peers.TryFind(node, out var peer)
        ? peer
        : throw ExchangeException.Invalid("peer", "It must be the node id of a configured partner; see ListPeers.");
}
