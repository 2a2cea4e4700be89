using Exchange.Node.Errors;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Bundles;

/// <summary>Bundles, over gRPC.</summary>
internal sealed class BundleService(BundleExport export, BundleImport import, BundleSpool spool)
    : V1.BundleService.BundleServiceBase
{
    public override async Task ExportBundle(
        ExportBundleRequest request,
        IServerStreamWriter<ExportBundleResponse> responseStream,
        ServerCallContext context)
    {
        if (request.Peer.Length == 0)
        {
            throw ExchangeException.Invalid("peer", "It must be the node id of a partner.");
        }

        var isFirst = true;
        var changes = 0ul;
        var footer = await export.RunAsync(
            request.Peer,
            request.FromStart,
            async (header, count, bytes) =>
            {
                var response = new ExportBundleResponse { Data = ByteString.CopyFrom(bytes.Span), Changes = count };
                response.Header = isFirst ? header : null;
                (isFirst, changes) = (false, count);
                await responseStream.WriteAsync(response, context.CancellationToken);
            },
            context.CancellationToken);
        await responseStream.WriteAsync(
            new ExportBundleResponse { Changes = changes, Footer = footer }, context.CancellationToken);
    }

    public override async Task<ImportBundleResponse> ImportBundle(
        IAsyncStreamReader<ImportBundleRequest> requestStream, ServerCallContext context)
    {
        await using var file = spool.Open();
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            await file.WriteAsync(requestStream.Current.Data.Memory, context.CancellationToken);
        }

        return await import.RunAsync(file, context.CancellationToken);
    }
}
