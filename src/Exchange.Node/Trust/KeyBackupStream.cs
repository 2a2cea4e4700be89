using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Exchange.Node.Trust;

/// <summary>
/// Encrypts what is written in parts of a mebibyte, each with AES-256-GCM under a key that no other file has: length,
/// ciphertext, tag. The number of a part is its nonce; the last part says that it is, so that a cut is noticed.
/// </summary>
internal sealed class KeyBackupStream(Stream output, byte[] key, byte[] header) : Stream
{
    /// <summary>The most that a part holds.</summary>
    public const int PartLength = 1 << 20;

    private readonly AesGcm _cipher = new(key, MasterKeys.TagLength);
    private readonly byte[] _part = new byte[PartLength];
    private int _filled;
    private long _number;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What a part is bound to: the header, its number, and whether it is the last.</summary>
    public static byte[] Binding(byte[] header, long number, bool isLast)
    {
        var bytes = new byte[SHA256.HashSizeInBytes + sizeof(long) + 1];
        SHA256.HashData(header, bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(SHA256.HashSizeInBytes), number);
        bytes[^1] = isLast ? (byte)1 : (byte)0;
        return bytes;
    }

    /// <summary>The nonce of a part.</summary>
    public static byte[] Nonce(long number)
    {
        var nonce = new byte[MasterKeys.NonceLength];
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(MasterKeys.NonceLength - sizeof(long)), number);
        return nonce;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_filled == PartLength)
            {
                WritePart(isLast: false);
            }

            var count = Math.Min(buffer.Length, PartLength - _filled);
            buffer[..count].CopyTo(_part.AsSpan(_filled));
            _filled += count;
            buffer = buffer[count..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
        // A part is written when it is full, and the last one at the end.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            WritePart(isLast: true);
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WritePart(bool isLast)
    {
        var bytes = new byte[4 + _filled + MasterKeys.TagLength];
        BinaryPrimitives.WriteInt32BigEndian(bytes, isLast ? ~_filled : _filled);
        _cipher.Encrypt(
            Nonce(_number),
            _part.AsSpan(0, _filled),
            bytes.AsSpan(4, _filled),
            bytes.AsSpan(4 + _filled),
            Binding(header, _number, isLast));
        output.Write(bytes);
        (_filled, _number) = (0, _number + 1);
    }
}
