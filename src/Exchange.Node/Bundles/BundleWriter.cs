using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Bundles;

/// <summary>Makes a bundle from its beginning to its end; holds no more than a chunk of it.</summary>
/// <param name="header">
/// Everything that the header says, but for suite and keys. Completed here.
/// </param>
/// <param name="recipientKey">The public key that it is encrypted to (SubjectPublicKeyInfo).</param>
/// <param name="ephemeral">The key for this bundle alone; disposed with the writer.</param>
/// <param name="keys">Signs it.</param>
/// <param name="write">Takes the next bytes of the file; they are good only until it returns.</param>
internal sealed class BundleWriter(
    BundleHeader header,
    byte[] recipientKey,
    ECDiffieHellman ephemeral,
    NodeKeys keys,
    Func<ReadOnlyMemory<byte>, Task> write) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _plain = new byte[BundleLayout.ChunkLength];
    private readonly byte[] _part =
        new byte[BundleLayout.PartHeadLength + BundleLayout.ChunkLength + BundleLayout.TagLength];

    private AesGcm? _cipher;
    private byte[] _binding = [];
    private int _used;
    private ulong _chunks;

    /// <summary>What the header says, complete once it was written.</summary>
    public BundleHeader Header => header;

    /// <summary>Makes a key for one bundle.</summary>
    public static ECDiffieHellman NewKey() => ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Writes what stands before the content.</summary>
    /// <exception cref="CryptographicException">The recipient's key isn't one of the suite's curve.</exception>
    public async Task BeginAsync()
    {
        var ephemeralKey = ephemeral.ExportSubjectPublicKeyInfo();
        header.Suite = BundleLayout.Suite;
        header.EphemeralKey = ByteString.CopyFrom(ephemeralKey);
        header.SenderKey = ByteString.CopyFrom(keys.PublicKey);
        header.RecipientKeyDigest = ByteString.CopyFrom(SHA256.HashData(recipientKey));
        var key = SharedSecret.Derive(ephemeral, recipientKey, BundleLayout.KeyInfo(ephemeralKey, recipientKey));
        _cipher = new AesGcm(key, BundleLayout.TagLength);
        CryptographicOperations.ZeroMemory(key);
        await EmitAsync((byte[])[.. BundleLayout.Magic, BundleLayout.Version]);
        await EmitPartAsync(BundlePart.Header, header.ToByteArray());
        _binding = _hash.GetCurrentHash();
    }

    /// <summary>Writes the next frame.</summary>
    public async Task WriteAsync(SyncFrame frame)
    {
        var bytes = new byte[BundleLayout.FrameHeadLength + frame.CalculateSize()];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - BundleLayout.FrameHeadLength);
        frame.WriteTo(bytes.AsSpan(BundleLayout.FrameHeadLength));
        for (var at = 0; at < bytes.Length;)
        {
            if (_used == _plain.Length)
            {
                await SealAsync(isLast: false);
            }

            var length = Math.Min(bytes.Length - at, _plain.Length - _used);
            bytes.AsSpan(at, length).CopyTo(_plain.AsSpan(_used));
            (at, _used) = (at + length, _used + length);
        }
    }

    /// <summary>Writes the last chunk and what stands behind the content.</summary>
    /// <param name="footer">What it says, but for the number of chunks. Completed here.</param>
    public async Task FinishAsync(BundleFooter footer)
    {
        await SealAsync(isLast: true);
        footer.Chunks = _chunks;
        await EmitPartAsync(BundlePart.Footer, footer.ToByteArray());
        var signature = new NodeSignature
        {
            Node = header.Sender,
            Suite = Suites.SignEcdsaP256,
            Signature = ByteString.CopyFrom(keys.Sign(BundleLayout.Signed(_hash.GetCurrentHash()))),
        };
        await EmitPartAsync(BundlePart.Signature, signature.ToByteArray());
    }

    public void Dispose()
    {
        _hash.Dispose();
        _cipher?.Dispose();
        ephemeral.Dispose();
        CryptographicOperations.ZeroMemory(_plain);
    }

    private Task SealAsync(bool isLast)
    {
        Span<byte> nonce = stackalloc byte[BundleLayout.NonceLength];
        BundleLayout.WriteNonce(_chunks++, isLast, nonce);
        var body = _part.AsSpan(BundleLayout.PartHeadLength, _used + BundleLayout.TagLength);
        _cipher!.Encrypt(
            nonce, _plain.AsSpan(0, _used), body[.._used], body[_used..], _binding);
        WriteHead(BundlePart.Chunk, body.Length, _part);
        _used = 0;
        return EmitAsync(_part.AsMemory(0, BundleLayout.PartHeadLength + body.Length));
    }

    private Task EmitPartAsync(BundlePart type, byte[] body)
    {
        var part = new byte[BundleLayout.PartHeadLength + body.Length];
        WriteHead(type, body.Length, part);
        body.CopyTo(part, BundleLayout.PartHeadLength);
        return EmitAsync(part);
    }

    private Task EmitAsync(ReadOnlyMemory<byte> bytes)
    {
        _hash.AppendData(bytes.Span);
        return write(bytes);
    }

    private static void WriteHead(BundlePart type, int length, Span<byte> part)
    {
        part[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(part[1..], length);
    }
}
