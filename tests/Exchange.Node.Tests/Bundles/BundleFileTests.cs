using System.Buffers.Binary;
using Exchange.Node.Bundles;
using Exchange.Node.Errors;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Bundles;

/// <summary>The file itself: whatever becomes of it on the way is found out.</summary>
public sealed class BundleFileTests : BundleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BundleLayout.ChunkLength)]
    [InlineData((3 * BundleLayout.ChunkLength) + 17)]
    public async Task What_was_put_in_comes_out(int length)
    {
        SyncFrame[] frames = length == 0 ? [] : [BundleFiles.Frame(length), BundleFiles.Frame(5)];

        Assert.Equal(frames, await ReadAsync(await MakeAsync(frames)));
    }

    [Fact]
    public async Task A_content_that_fills_its_chunks_just_so_has_no_empty_chunk_at_its_end()
    {
        var frame = BundleFiles.Frame(1000);
        var rest = BundleLayout.ChunkLength - frame.CalculateSize() - (2 * BundleLayout.FrameHeadLength);
        var filler = BundleFiles.Frame(rest - 8);
        filler = BundleFiles.Frame(rest - 8 + (rest - filler.CalculateSize()));
        Assert.Equal(rest, filler.CalculateSize());

        var bytes = await MakeAsync(frame, filler);

        Assert.Single(BundleFiles.Parts(bytes), part => part.Type == (byte)BundlePart.Chunk);
        Assert.Equal([frame, filler], await ReadAsync(bytes));
    }

    [Fact]
    public async Task A_changed_byte_is_found_wherever_it_stands()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(20));
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;

            var error = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync(bytes));

            Assert.True(IsOfBundles(error.Reason), $"Byte {at}: {error.Reason}");
            bytes[at] ^= 1;
        }

        Assert.Single(await ReadAsync(bytes));
    }

    [Fact]
    public async Task A_bundle_that_was_cut_anywhere_is_found_to_be_cut()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(20));
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync(bytes[..length]));

            Assert.Equal(ErrorReason.BundleTruncated, error.Reason);
        }
    }

    [Fact]
    public async Task Chunks_that_change_places_or_go_missing_dont_open_even_if_theSender_signed_so()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(3 * BundleLayout.ChunkLength));
        var chunks = BundleFiles.Parts(bytes).Where(part => part.Type == (byte)BundlePart.Chunk).ToList();
        var (first, second) = (chunks[0], chunks[1]);
        var swapped = bytes.ToArray();
        bytes.AsSpan(first.At, first.Length).CopyTo(swapped.AsSpan(second.At));
        bytes.AsSpan(second.At, second.Length).CopyTo(swapped.AsSpan(first.At));
        using var file = new MemoryStream(swapped);
        var outline = await BundleOutline.ReadAsync(file, default);
        using var content = new BundleContent(file, outline, Recipient);

        var error = await Assert.ThrowsAsync<ExchangeException>(() => content.ReadAsync(default));

        Assert.Equal((ErrorReason.BundleTampered, ("detail", "chunk 0 doesn't open")), (error.Reason, error.Metadata[1]));
    }

    [Fact]
    public async Task A_last_chunk_that_is_left_out_is_found_though_all_others_open()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(3 * BundleLayout.ChunkLength));
        using var file = new MemoryStream(bytes);
        var outline = await BundleOutline.ReadAsync(file, default);
        outline.Footer.Chunks--;
        using var content = new BundleContent(file, outline, Recipient);

        var error = await Assert.ThrowsAsync<ExchangeException>(() => content.ReadAsync(default));

        Assert.Equal(ErrorReason.BundleTampered, error.Reason);
    }

    [Fact]
    public async Task Nobody_but_theRecipient_opens_it_and_nobody_else_can_have_signed_it()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(20));

        var opened = await Assert.ThrowsAsync<ExchangeException>(
            () => BundleFiles.ReadAsync(bytes, Sender, Sender.PublicKey));
        var signed = await Assert.ThrowsAsync<ExchangeException>(
            () => BundleFiles.ReadAsync(bytes, Recipient, Recipient.PublicKey));

        Assert.Equal(("detail", "chunk 0 doesn't open"), opened.Metadata[1]);
        Assert.Equal(("detail", "the signature isn't its sender's"), signed.Metadata[1]);
    }

    [Theory]
    [InlineData((byte)BundlePart.Header, BundleLayout.MaxTextLength + 1)]
    [InlineData((byte)BundlePart.Chunk, BundleLayout.ChunkLength + BundleLayout.TagLength + 1)]
    [InlineData((byte)BundlePart.Footer, int.MaxValue)]
    [InlineData((byte)BundlePart.Signature, BundleLayout.MaxSignatureLength + 1)]
    public async Task A_part_that_claims_to_be_larger_than_it_may_be_isnt_read(byte type, int length)
    {
        var bytes = await MakeAsync(BundleFiles.Frame(20));
        var part = BundleFiles.Parts(bytes).Single(part => part.Type == type);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(part.At + 1), length);

        var error = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync(bytes));

        Assert.Equal((ErrorReason.BundleTooLarge, ("bytes", $"{length}")), (error.Reason, error.Metadata[1]));
    }

    [Fact]
    public async Task A_frame_that_is_larger_than_a_message_may_be_isnt_read()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(BundleLayout.MaxFrameLength));

        var error = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync(bytes));

        Assert.Equal((ErrorReason.BundleTooLarge, ("part", "frame")), (error.Reason, error.Metadata[0]));
    }

    [Fact]
    public async Task Something_behind_the_signature_and_something_that_is_no_bundle_are_refused()
    {
        var bytes = await MakeAsync(BundleFiles.Frame(20));

        var longer = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync([.. bytes, 0]));
        var other = await Assert.ThrowsAsync<ExchangeException>(() => ReadAsync("PK34 is no bundle"u8.ToArray()));

        Assert.Equal(("detail", "something follows its signature"), longer.Metadata[0]);
        Assert.Equal(("detail", "it doesn't begin with EXBUNDLE"), other.Metadata[0]);
    }

    private static bool IsOfBundles(ErrorReason reason) => reason is ErrorReason.BundleTampered
        or ErrorReason.BundleInvalid or ErrorReason.BundleTruncated or ErrorReason.BundleTooLarge;

    private Task<byte[]> MakeAsync(params SyncFrame[] frames) =>
        BundleFiles.MakeAsync(Sender, Recipient.PublicKey, frames);

    private Task<List<SyncFrame>> ReadAsync(byte[] bytes) =>
        BundleFiles.ReadAsync(bytes, Recipient, Sender.PublicKey);
}
