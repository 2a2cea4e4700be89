using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Tests.Bundles;

/// <summary>Two whole nodes under a signed agreement, and files between them.</summary>
internal static class BundleNodes
{
    private const int PieceLength = 1000;

    /// <summary>Both nodes, agreed.</summary>
    public static async Task<AgreedNodes> StartAsync()
    {
        var nodes = await AgreedNodes.StartAsync();
        await nodes.AgreeAsync(SampleAgreements.Draft());
        return nodes;
    }

    /// <summary>Makes a bundle for a partner.</summary>
    public static async Task<byte[]> ExportAsync(this TestNode node, string peer, bool fromStart = false)
    {
        using var call = node.Bundles.ExportBundle(new ExportBundleRequest { Peer = peer, FromStart = fromStart });
        var bytes = new List<byte>();
        BundleFooter? footer = null;
        await foreach (var piece in call.ResponseStream.ReadAllAsync())
        {
            bytes.AddRange(piece.Data);
            footer = piece.Footer;
        }

        return footer is null ? throw new InvalidOperationException("The bundle has no footer.") : [.. bytes];
    }

    /// <summary>Takes a bundle in.</summary>
    public static async Task<ImportBundleResponse> ImportAsync(this TestNode node, byte[] bundle)
    {
        using var call = node.Bundles.ImportBundle();
        try
        {
            foreach (var piece in bundle.Chunk(PieceLength))
            {
                await call.RequestStream.WriteAsync(new ImportBundleRequest { Data = ByteString.CopyFrom(piece) });
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is InvalidOperationException or RpcException or IOException)
        {
            // The node has ended the call; why is its answer.
        }

        return await call.ResponseAsync;
    }

    /// <summary>Takes a bundle in that must be refused.</summary>
    public static async Task<Google.Rpc.ErrorInfo> RefusedAsync(this TestNode node, byte[] bundle)
    {
        try
        {
            var done = await node.ImportAsync(bundle);
            throw new InvalidOperationException($"The bundle was taken: {done.Outcome}.");
        }
        catch (RpcException exception)
        {
            return exception.Info();
        }
    }

    /// <summary>A bundle to the town and the answer back.</summary>
    public static async Task<ImportBundleResponse> CarryAsync(this AgreedNodes nodes)
    {
        var taken = await nodes.Town.ImportAsync(await nodes.Region.ExportAsync(SampleAgreements.Town));
        await nodes.Region.ImportAsync(taken.Answer.ToByteArray());
        return taken;
    }

    public static async Task<PeerStatus> PeerAsync(this TestNode node) =>
        (await node.Node.ListPeersAsync(new ListPeersRequest())).Peers.Single();

    /// <summary>How many live records of a kind a node holds.</summary>
    public static async Task<long> CountAsync(this TestNode node, string kind) =>
        (await node.Node.GetStatusAsync(new GetStatusRequest())).Kinds
            .FirstOrDefault(status => status.Kind == kind)?.Live ?? 0;
}
