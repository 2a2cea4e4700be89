using System.Security.Cryptography;

namespace Exchange.Node.Trust;

/// <summary>
/// What one thread needs to seal payloads and make tokens, set up once: every record asks, and setting up costs more
/// than the work.
/// </summary>
internal sealed class KeyContext(byte[] sealKey, byte[] tokenKey, int tagLength) : IDisposable
{
    // As much as is drawn at a time; drawing has a price of its own, whatever the number of bytes.
    private const int RandomLength = 4096;

    private readonly IncrementalHash _mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, tokenKey);
    private readonly byte[] _random = new byte[RandomLength];
    private int _used = RandomLength;

    /// <summary>The cipher under the key that seals payloads.</summary>
    public AesGcm Cipher { get; } = new(sealKey, tagLength);

    /// <summary>Fills a nonce or a key with random bytes that nobody else got.</summary>
    public void FillRandom(Span<byte> bytes)
    {
        if (_used + bytes.Length > RandomLength)
        {
            RandomNumberGenerator.Fill(_random);
            _used = 0;
        }

        // What was handed out is forgotten here: it may become a key that is to be destroyed one day.
        var drawn = _random.AsSpan(_used, bytes.Length);
        drawn.CopyTo(bytes);
        drawn.Clear();
        _used += bytes.Length;
    }

    /// <summary>Computes the HMAC-SHA-256 of some bytes under the key that makes tokens.</summary>
    public void Mac(ReadOnlySpan<byte> bytes, Span<byte> mac)
    {
        _mac.AppendData(bytes);
        _mac.GetHashAndReset(mac);
    }

    public void Dispose()
    {
        Cipher.Dispose();
        _mac.Dispose();
    }
}
