using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Exchange.Node.Bundles;

/// <summary>Reads a bundle's parts one after the other, and hashes what it reads.</summary>
internal sealed class BundlePartReader(Stream stream, int maxLength) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[maxLength];
    private readonly byte[] _head = new byte[BundleLayout.PartHeadLength];
    private bool _hasHead;

    /// <summary>The SHA-256 of everything that was read so far, but for a head that was only looked at.</summary>
    public byte[] Hash => _hash.GetCurrentHash();

    /// <summary>How many bytes that is.</summary>
    public long Position { get; private set; }

    /// <summary>The type of the next part, whose head stays to be read.</summary>
    public async Task<BundlePart> PeekAsync(CancellationToken cancellationToken)
    {
        if (!_hasHead)
        {
            await FillAsync(_head, "before its signature", cancellationToken);
            _hasHead = true;
        }

        return (BundlePart)_head[0];
    }

    /// <summary>Reads the head of a part that must come now; returns the length of its body.</summary>
    public async Task<int> ReadLengthAsync(BundlePart type, int max, CancellationToken cancellationToken)
    {
        if (await PeekAsync(cancellationToken) != type)
        {
            throw BundleFailure.Invalid(
                $"a part of type {_head[0]} stands at byte {Position}, where a {Name(type)} must");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(_head.AsSpan(1));
        if (length > max)
        {
            throw BundleFailure.TooLarge(Name(type), length, max);
        }

        _hash.AppendData(_head);
        Position += _head.Length;
        _hasHead = false;
        return (int)length;
    }

    /// <summary>Reads so many bytes; they are good until the next are read.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(int length, string what, CancellationToken cancellationToken)
    {
        await FillAsync(_buffer.AsMemory(0, length), $"within {what}", cancellationToken);
        _hash.AppendData(_buffer, 0, length);
        Position += length;
        return _buffer.AsMemory(0, length);
    }

    /// <summary>Nothing may follow.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        if (await stream.ReadAsync(_head.AsMemory(0, 1), cancellationToken) > 0)
        {
            throw BundleFailure.Invalid("something follows its signature");
        }
    }

    public void Dispose() => _hash.Dispose();

    private async Task FillAsync(Memory<byte> buffer, string where, CancellationToken cancellationToken)
    {
        var read = await stream.ReadAtLeastAsync(
            buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (read < buffer.Length)
        {
            throw BundleFailure.Truncated(Position + read, $"it ends {where}");
        }
    }

    private static string Name(BundlePart type) => type switch
    {
        BundlePart.Header => "header",
        BundlePart.Chunk => "chunk",
        BundlePart.Footer => "footer",
        _ => "signature",
    };
}
