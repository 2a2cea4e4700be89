using System.Security.Cryptography;
using Exchange.Node.Errors;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Bundles;

/// <summary>What can be read of a bundle without any key, and what its signature is about.</summary>
/// <param name="Header">What stands at its beginning.</param>
/// <param name="Footer">What stands at its end.</param>
/// <param name="Signature">The sender's.</param>
/// <param name="Hash">The SHA-256 of everything before the signature's part.</param>
/// <param name="Binding">The SHA-256 of everything before the first chunk's part.</param>
/// <param name="ContentAt">Where the first chunk's part begins.</param>
/// <param name="Length">The file's length.</param>
internal sealed record BundleOutline(
    BundleHeader Header,
    BundleFooter Footer,
    NodeSignature Signature,
    byte[] Hash,
    byte[] Binding,
    long ContentAt,
    long Length)
{
    /// <summary>Reads a bundle through once, from its beginning; nothing is decrypted.</summary>
    /// <exception cref="ExchangeException">It isn't a whole bundle.</exception>
    public static async Task<BundleOutline> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var parts = new BundlePartReader(stream, BundleLayout.MaxTextLength + BundleLayout.TagLength);
        var preamble = await parts.ReadAsync(BundleLayout.PreambleLength, "its first bytes", cancellationToken);
        if (!preamble.Span[..^1].SequenceEqual(BundleLayout.Magic))
        {
            throw BundleFailure.Invalid("it doesn't begin with EXBUNDLE");
        }

        if (preamble.Span[^1] != BundleLayout.Version)
        {
            throw BundleFailure.Invalid(
                $"its layout is version {preamble.Span[^1]}, and this version of the program reads version 1");
        }

        var length = await parts.ReadLengthAsync(BundlePart.Header, BundleLayout.MaxTextLength, cancellationToken);
        var header = Parse(
            BundleHeader.Parser, await parts.ReadAsync(length, "its header", cancellationToken), "header");
        Check(header);
        var (binding, contentAt) = (parts.Hash, parts.Position);
        var chunks = await ReadChunksAsync(parts, cancellationToken);
        length = await parts.ReadLengthAsync(BundlePart.Footer, BundleLayout.MaxTextLength, cancellationToken);
        var footer = Parse(
            BundleFooter.Parser, await parts.ReadAsync(length, "its footer", cancellationToken), "footer");
        var hash = parts.Hash;
        length = await parts.ReadLengthAsync(BundlePart.Signature, BundleLayout.MaxSignatureLength, cancellationToken);
        var signature = Parse(
            NodeSignature.Parser, await parts.ReadAsync(length, "its signature", cancellationToken), "signature");
        await parts.EndAsync(cancellationToken);
        return footer.Chunks == chunks
            ? new BundleOutline(header, footer, signature, hash, binding, contentAt, parts.Position)
            : throw BundleFailure.Invalid($"it has {chunks} chunks, and its footer says {footer.Chunks}");
    }

    /// <summary>Whether the holder of a public key signed it just as it is.</summary>
    public bool IsSignedWith(byte[] publicKey)
    {
        try
        {
            return Signature.Suite == Suites.SignEcdsaP256
                && Signature.Node == Header.Sender
                && NodeKeys.Verify(publicKey, BundleLayout.Signed(Hash), Signature.Signature.Span);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static void Check(BundleHeader header)
    {
        if (header.Suite != BundleLayout.Suite)
        {
            throw BundleFailure.Invalid("its suite isn't one that this version of the program knows");
        }

        if (header.Kind is not (BundleKind.Data or BundleKind.Answer))
        {
            throw BundleFailure.Invalid("its kind isn't one that this version of the program knows");
        }
    }

    private static async Task<ulong> ReadChunksAsync(BundlePartReader parts, CancellationToken cancellationToken)
    {
        const int whole = BundleLayout.ChunkLength + BundleLayout.TagLength;
        ulong chunks = 0;
        var last = whole;
        while (await parts.PeekAsync(cancellationToken) == BundlePart.Chunk)
        {
            var length = await parts.ReadLengthAsync(BundlePart.Chunk, whole, cancellationToken);
            if (last != whole || length < BundleLayout.TagLength)
            {
                throw BundleFailure.Invalid($"chunk {chunks} has a length that none in its place has");
            }

            await parts.ReadAsync(length, $"chunk {chunks}", cancellationToken);
            (chunks, last) = (chunks + 1, length);
        }

        return chunks > 0 ? chunks : throw BundleFailure.Invalid("it has no content");
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> bytes, string what)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            throw BundleFailure.Invalid($"its {what} can't be read");
        }
    }
}
