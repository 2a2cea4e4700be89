using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Node.Bundles;
using Exchange.Node.Errors;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Bundles;

/// <summary>
/// A file whose form is wrong, as a faulty or newer program could make and sign it: no key and no signature is needed
/// to see that. Each test fails without the one check that its detail comes from.
/// </summary>
public sealed class BundleFormTests : BundleTests
{
    [Fact]
    public async Task A_layout_that_this_version_doesnt_know_is_named()
    {
        var bytes = await MakeAsync();
        bytes[BundleLayout.PreambleLength - 1] = 2;

        await RefusedAsync(bytes, "its layout is version 2, and this version of the program reads version 1");
    }

    [Fact]
    public async Task A_suite_and_a_kind_that_this_version_doesnt_know_are_refused()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        var header = BundleHeader.Parser.ParseFrom(parts[0].Body);

        header.Suite = "sm2+sm4";
        parts[0] = (BundlePart.Header, header.ToByteArray());
        await RefusedAsync(BundleFiles.Join(parts), "its suite isn't one that this version of the program knows");
        (header.Suite, header.Kind) = (BundleLayout.Suite, (BundleKind)9);
        parts[0] = (BundlePart.Header, header.ToByteArray());
        await RefusedAsync(BundleFiles.Join(parts), "its kind isn't one that this version of the program knows");
    }

    [Fact]
    public async Task Parts_in_another_order_are_refused()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        (parts[2], parts[3]) = (parts[3], parts[2]);

        var error = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync(BundleFiles.Join(parts)));

        Assert.Equal(ErrorReason.BundleInvalid, error.Reason);
        Assert.EndsWith("where a footer must", error.Metadata[0].Item2, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_footer_that_counts_other_chunks_than_there_are_is_refused()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        var footer = BundleFooter.Parser.ParseFrom(parts[2].Body);
        footer.Chunks++;
        parts[2] = (BundlePart.Footer, footer.ToByteArray());

        await RefusedAsync(BundleFiles.Join(parts), "it has 1 chunks, and its footer says 2");
    }

    [Fact]
    public async Task A_short_chunk_before_the_last_and_one_without_a_tag_are_refused()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        var chunk = parts[1];

        await RefusedAsync(
            BundleFiles.Join([parts[0], chunk, chunk, .. parts[2..]]), "chunk 1 has a length that none in its place has");
        parts[1] = (BundlePart.Chunk, chunk.Body[..(BundleLayout.TagLength - 1)]);
        await RefusedAsync(BundleFiles.Join(parts), "chunk 0 has a length that none in its place has");
    }

    [Fact]
    public async Task A_bundle_without_content_is_refused()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        parts.RemoveAt(1);

        await RefusedAsync(BundleFiles.Join(parts), "it has no content");
    }

    [Fact]
    public async Task A_content_that_ends_within_a_frame_is_refused()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        var plain = new byte[parts[1].Body.Length - BundleLayout.TagLength];
        BinaryPrimitives.WriteInt32BigEndian(plain, plain.Length - BundleLayout.FrameHeadLength + 1);
        parts[1] = (BundlePart.Chunk, Seal(parts, plain));

        var error = await Assert.ThrowsAsync<ExchangeException>(() => OpenAsync(BundleFiles.Join(parts)));

        Assert.Equal(("detail", "its content ends within a frame"), error.Metadata[0]);
    }

    [Fact]
    public async Task A_signature_under_another_suite_or_in_the_name_of_another_counts_for_nothing()
    {
        var parts = BundleFiles.Take(await MakeAsync());
        var signature = NodeSignature.Parser.ParseFrom(parts[3].Body);
        Assert.True((await ReadAsync(BundleFiles.Join(parts))).IsSignedWith(Sender.PublicKey));

        foreach (var (node, suite) in new[] { ("yunnan", signature.Suite), (signature.Node, "sm2-sm3") })
        {
            var other = new NodeSignature { Node = node, Suite = suite, Signature = signature.Signature };
            parts[3] = (BundlePart.Signature, other.ToByteArray());
            Assert.False((await ReadAsync(BundleFiles.Join(parts))).IsSignedWith(Sender.PublicKey));
        }
    }

    private Task<byte[]> MakeAsync() => BundleFiles.MakeAsync(Sender, Recipient.PublicKey, BundleFiles.Frame(20));

    private static async Task<BundleOutline> ReadAsync(byte[] bytes)
    {
        using var file = new MemoryStream(bytes);
        return await BundleOutline.ReadAsync(file, default);
    }

    private async Task OpenAsync(byte[] bytes)
    {
        using var file = new MemoryStream(bytes);
        var outline = await BundleOutline.ReadAsync(file, default);
        using var content = new BundleContent(file, outline, Recipient);
        await content.ReadAsync(default);
    }

    private static async Task RefusedAsync(byte[] bytes, string detail)
    {
        var error = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync(bytes));
        Assert.Equal((ErrorReason.BundleInvalid, ("detail", detail)), (error.Reason, error.Metadata[0]));
    }

    // As the sender would encrypt the only chunk.
    private byte[] Seal(List<(BundlePart Type, byte[] Body)> parts, byte[] plain)
    {
        var ephemeral = BundleHeader.Parser.ParseFrom(parts[0].Body).EphemeralKey.ToByteArray();
        var key = Recipient.Share(ephemeral, BundleLayout.KeyInfo(ephemeral, Recipient.PublicKey));
        using var cipher = new AesGcm(key, BundleLayout.TagLength);
        var nonce = new byte[BundleLayout.NonceLength];
        BundleLayout.WriteNonce(0, isLast: true, nonce);
        var body = new byte[plain.Length + BundleLayout.TagLength];
        cipher.Encrypt(
            nonce,
            plain,
            body.AsSpan(0, plain.Length),
            body.AsSpan(plain.Length),
            SHA256.HashData(BundleFiles.Join([parts[0]])));
        return body;
    }
}
