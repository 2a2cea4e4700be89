using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Exchange.Node.Sync;

/// <summary>
/// Computes the hashes of one page or batch: three for every record, so that their keys and contexts are set up once.
/// For one thread at a time.
/// </summary>
internal sealed class PageHasher(ReadOnlySpan<byte> digestKey) : IDisposable
{
    private readonly IncrementalHash _mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, digestKey);
    private readonly IncrementalHash _sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>
    /// Computes a digest item; see <see cref="DigestItem.WriteHeader"/> for what stands before the payload.
    /// </summary>
    public UInt128 Item(ReadOnlySpan<byte> headerAndPayload)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        _mac.AppendData(headerAndPayload);
        _mac.GetHashAndReset(mac);
        return DigestItem.Read(mac);
    }

    /// <summary>The bucket that a record falls into; its key as <see cref="RecordKeyBytes"/> writes it.</summary>
    public int Bucket(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Sha256(key, hash);
        return BinaryPrimitives.ReadUInt16BigEndian(hash) >> 4;
    }

    /// <summary>The SHA-256 of some bytes.</summary>
    public void Sha256(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        _sha.AppendData(bytes);
        _sha.GetHashAndReset(hash);
    }

    public void Dispose()
    {
        _mac.Dispose();
        _sha.Dispose();
    }
}
