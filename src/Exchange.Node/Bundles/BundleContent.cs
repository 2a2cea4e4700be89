using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Node.Errors;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Bundles;

/// <summary>Reads the frames of a bundle whose outline was read; holds no more than a chunk and a frame.</summary>
internal sealed class BundleContent : IDisposable
{
    private readonly Stream _stream;
    private readonly BundleOutline _outline;
    private readonly AesGcm _cipher;
    private readonly byte[] _part =
        new byte[BundleLayout.PartHeadLength + BundleLayout.ChunkLength + BundleLayout.TagLength];

    private readonly byte[] _plain = new byte[BundleLayout.ChunkLength];
    private readonly byte[] _head = new byte[BundleLayout.FrameHeadLength];
    private int _at;
    private int _length;
    private ulong _chunk;

    /// <summary>Stands before the first frame.</summary>
    /// <param name="stream">The same file, which can be read from any place.</param>
    /// <param name="outline">Its outline.</param>
    /// <param name="keys">The recipient's.</param>
    /// <exception cref="ExchangeException">The key for this bundle can't be made.</exception>
    public BundleContent(Stream stream, BundleOutline outline, NodeKeys keys)
    {
        (_stream, _outline) = (stream, outline);
        var ephemeralKey = outline.Header.EphemeralKey.Span;
        try
        {
            var key = keys.Share(ephemeralKey, BundleLayout.KeyInfo(ephemeralKey, keys.PublicKey));
            _cipher = new AesGcm(key, BundleLayout.TagLength);
            CryptographicOperations.ZeroMemory(key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw BundleFailure.Invalid("its ephemeral key isn't one of its suite");
        }

        _stream.Position = outline.ContentAt;
    }

    private bool IsAtEnd => _chunk == _outline.Footer.Chunks && _at == _length;

    /// <summary>The next frame; null behind the last.</summary>
    /// <exception cref="ExchangeException">A chunk doesn't open, or a frame can't be read.</exception>
    public async Task<SyncFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_at == _length && !IsAtEnd)
        {
            await OpenAsync(cancellationToken);
        }

        if (IsAtEnd)
        {
            return null;
        }

        await CopyAsync(_head, cancellationToken);
        var length = BinaryPrimitives.ReadUInt32BigEndian(_head);
        if (length > BundleLayout.MaxFrameLength)
        {
            throw BundleFailure.TooLarge("frame", length, BundleLayout.MaxFrameLength);
        }

        var bytes = new byte[length];
        await CopyAsync(bytes, cancellationToken);
        try
        {
            return SyncFrame.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw BundleFailure.Invalid("a frame of it can't be read");
        }
    }

    public void Dispose()
    {
        _cipher.Dispose();
        CryptographicOperations.ZeroMemory(_plain);
    }

    private async Task CopyAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        for (var done = 0; done < target.Length;)
        {
            if (_at == _length)
            {
                await OpenAsync(cancellationToken);
            }

            var length = Math.Min(target.Length - done, _length - _at);
            _plain.AsSpan(_at, length).CopyTo(target.Span[done..]);
            (done, _at) = (done + length, _at + length);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (_chunk == _outline.Footer.Chunks)
        {
            throw BundleFailure.Invalid("its content ends within a frame");
        }

        var head = _part.AsMemory(0, BundleLayout.PartHeadLength);
        await _stream.ReadExactlyAsync(head, cancellationToken);
        var body = _part.AsMemory(head.Length, BinaryPrimitives.ReadInt32BigEndian(head.Span[1..]));
        await _stream.ReadExactlyAsync(body, cancellationToken);
        (_at, _length) = (0, body.Length - BundleLayout.TagLength);
        try
        {
            Open(body.Span);
        }
        catch (CryptographicException)
        {
            throw BundleFailure.Tampered(_outline.Header.Sender, $"chunk {_chunk} doesn't open");
        }

        _chunk++;
    }

    private void Open(ReadOnlySpan<byte> body)
    {
        Span<byte> nonce = stackalloc byte[BundleLayout.NonceLength];
        BundleLayout.WriteNonce(_chunk, isLast: _chunk == _outline.Footer.Chunks - 1, nonce);
        _cipher.Decrypt(nonce, body[.._length], body[_length..], _plain.AsSpan(0, _length), _outline.Binding);
    }
}
