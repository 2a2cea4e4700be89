using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Node.Bundles;
using Exchange.Node.Trust;
using Exchange.V1;

namespace Exchange.Node.Tests.Bundles;

/// <summary>Bundles in memory, and what can happen to them on the way.</summary>
internal static class BundleFiles
{
    /// <summary>A bundle of some frames.</summary>
    public static async Task<byte[]> MakeAsync(
        NodeKeys sender, byte[] recipientKey, params IEnumerable<SyncFrame> frames) =>
        await MakeAsync(sender, recipientKey, BundleWriter.NewKey(), frames);

    /// <summary>The same with a key of one's own for it.</summary>
    public static async Task<byte[]> MakeAsync(
        NodeKeys sender, byte[] recipientKey, ECDiffieHellman ephemeral, IEnumerable<SyncFrame> frames)
    {
        using var file = new MemoryStream();
        using var writer = new BundleWriter(
            NewHeader(), recipientKey, ephemeral, sender, bytes => file.WriteAsync(bytes).AsTask());
        await writer.BeginAsync();
        foreach (var frame in frames)
        {
            await writer.WriteAsync(frame);
        }

        await writer.FinishAsync(new BundleFooter { To = new FeedCursor { Epoch = Epoch, Position = 3 }, Batches = 1 });
        return file.ToArray();
    }

    public static string Epoch => "019aa2b4-0000-7000-8000-000000000009";

    public static BundleHeader NewHeader() => new()
    {
        Kind = BundleKind.Data,
        Id = "019aa2b4-5c6d-7e8f-9012-3456789abcde",
        Sender = "zhaotong",
        Recipient = "dongguan",
        Protocol = 1,
        Number = 1,
        Epoch = Epoch,
        From = new FeedCursor { Epoch = Epoch },
    };

    /// <summary>A frame of about so many bytes.</summary>
    public static SyncFrame Frame(int length) => new() { Goodbye = new SyncGoodbye { Reason = new string('x', length) } };

    /// <summary>Reads a bundle as its recipient does, all of it.</summary>
    public static async Task<List<SyncFrame>> ReadAsync(byte[] bytes, NodeKeys recipient, byte[] senderKey)
    {
        using var file = new MemoryStream(bytes);
        var outline = await BundleOutline.ReadAsync(file, default);
        if (!outline.IsSignedWith(senderKey))
        {
            throw BundleFailure.Tampered(outline.Header.Sender, "the signature isn't its sender's");
        }

        using var content = new BundleContent(file, outline, recipient);
        var frames = new List<SyncFrame>();
        while (await content.ReadAsync(default) is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>Where each part begins, with its type.</summary>
    public static List<(byte Type, int At, int Length)> Parts(byte[] bytes)
    {
        var parts = new List<(byte, int, int)>();
        for (var at = BundleLayout.PreambleLength; at < bytes.Length;)
        {
            var length = BundleLayout.PartHeadLength + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at + 1));
            parts.Add((bytes[at], at, length));
            at += length;
        }

        return parts;
    }

    /// <summary>Takes a bundle's parts apart, to be put together with something else among them.</summary>
    public static List<(BundlePart Type, byte[] Body)> Take(byte[] bytes) =>
    [
        .. Parts(bytes).Select(part => (
            (BundlePart)part.Type,
            bytes[(part.At + BundleLayout.PartHeadLength)..(part.At + part.Length)])),
    ];

    /// <summary>Puts parts together behind what a bundle begins with.</summary>
    public static byte[] Join(IEnumerable<(BundlePart Type, byte[] Body)> parts)
    {
        using var file = new MemoryStream();
        file.Write([.. BundleLayout.Magic, BundleLayout.Version]);
        foreach (var (type, body) in parts)
        {
            var head = new byte[BundleLayout.PartHeadLength];
            head[0] = (byte)type;
            BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), body.Length);
            file.Write(head);
            file.Write(body);
        }

        return file.ToArray();
    }
}
