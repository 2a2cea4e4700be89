using System.Buffers.Binary;
using Exchange.Node.Hosting;

namespace Exchange.Node.Bundles;

/// <summary>How a bundle lies in its file; <c>bundle.proto</c> describes the same.</summary>
internal static class BundleLayout
{
    /// <summary>How bundles are encrypted and signed.</summary>
    public const string Suite = "ecdh-p256+hkdf-sha256+aes-256-gcm+ecdsa-p256-sha256";

    /// <summary>The layout's version.</summary>
    public const byte Version = 1;

    /// <summary>What stands before the first part: magic and version.</summary>
    public const int PreambleLength = 9;

    /// <summary>What stands before each part's body: type and length.</summary>
    public const int PartHeadLength = 5;

    /// <summary>What a whole chunk holds before it is encrypted.</summary>
    public const int ChunkLength = 65_536;

    public const int NonceLength = 12;
    public const int TagLength = 16;

    /// <summary>The most bytes of a header or a footer.</summary>
    public const int MaxTextLength = 65_536;

    public const int MaxSignatureLength = 4_096;

    /// <summary>The length of a frame, before it.</summary>
    public const int FrameHeadLength = sizeof(int);

    public const int MaxFrameLength = MessageSizes.MaxBytes;

    public static ReadOnlySpan<byte> Magic => "EXBUNDLE"u8;

    /// <summary>What the sender signs.</summary>
    /// <param name="hash">The SHA-256 of everything before the signature's part.</param>
    public static byte[] Signed(ReadOnlySpan<byte> hash) => [.. "exchange bundle v1\n"u8, .. hash];

    /// <summary>What binds a bundle's key to the two keys that it comes from.</summary>
    public static byte[] KeyInfo(ReadOnlySpan<byte> ephemeralKey, ReadOnlySpan<byte> recipientKey) =>
        [.. "exchange bundle key v1\n"u8, .. ephemeralKey, .. recipientKey];

    /// <summary>
    /// The nonce of a chunk: its place and whether it is the last, so that none can be moved or left out.
    /// </summary>
    public static void WriteNonce(ulong chunk, bool isLast, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[3..], chunk);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}

/// <summary>The types of a bundle's parts, in the order in which they come.</summary>
internal enum BundlePart : byte
{
    Header = 1,
    Chunk = 2,
    Footer = 3,
    Signature = 4,
}
