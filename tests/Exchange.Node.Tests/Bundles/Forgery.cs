using Exchange.Node.Bundles;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Tests.Bundles;

/// <summary>A bundle that was taken apart, so that it can be made again with something wrong in it.</summary>
internal sealed class Forgery
{
    public required BundleHeader Header { get; init; }

    public required BundleFooter Footer { get; init; }

    public required List<SyncFrame> Frames { get; init; }

    public IEnumerable<SyncBatch> Batches => Frames.Where(frame => frame.Batch is not null).Select(frame => frame.Batch);

    /// <summary>Takes a bundle from the region to the town apart.</summary>
    public static async Task<Forgery> OfAsync(AgreedNodes nodes, byte[] bundle)
    {
        using var file = new MemoryStream(bundle);
        var outline = await BundleOutline.ReadAsync(file, default);
        using var content = new BundleContent(file, outline, KeysOf(nodes.Town));
        var frames = new List<SyncFrame>();
        while (await content.ReadAsync(default) is { } frame)
        {
            frames.Add(frame);
        }

        return new Forgery { Header = outline.Header, Footer = outline.Footer, Frames = frames };
    }

    /// <summary>Ends elsewhere, and all of it says so.</summary>
    public void EndAt(FeedCursor cursor) => Batches.Last().To = Footer.To = Frames[^1].CaughtUp.Cursor = cursor;

    /// <summary>Has one batch more, which leads back, and all of it says so.</summary>
    public void GoBack()
    {
        var last = Batches.Last();
        Frames.Insert(
            Frames.Count - 1,
            new SyncFrame { Batch = new SyncBatch { Sequence = last.Sequence + 1, From = last.To.Clone() } });
        Footer.Batches++;
        EndAt(new FeedCursor { Epoch = last.To.Epoch, Position = last.To.Position - 1 });
    }

    /// <summary>Gives one change more, and counts it.</summary>
    public void AlsoGive(SyncChange change)
    {
        Batches.First().Changes.Add(change);
        Footer.Changes++;
    }

    /// <summary>Makes it again, signed by a node and encrypted to the town.</summary>
    public async Task<byte[]> MakeAsync(AgreedNodes nodes, NodeKeys signer)
    {
        using var file = new MemoryStream();
        using var writer = new BundleWriter(
            Header, KeysOf(nodes.Town).PublicKey, BundleWriter.NewKey(), signer, bytes => file.WriteAsync(bytes).AsTask());
        await writer.BeginAsync();
        foreach (var frame in Frames)
        {
            await writer.WriteAsync(frame);
        }

        await writer.FinishAsync(Footer);
        return file.ToArray();
    }

    /// <summary>The same, signed by the region as its sender.</summary>
    public Task<byte[]> MakeAsync(AgreedNodes nodes) => MakeAsync(nodes, KeysOf(nodes.Region));

    public static NodeKeys KeysOf(TestNode node) => node.Services.GetRequiredService<NodeKeys>();
}
