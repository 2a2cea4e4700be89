using System.Buffers.Binary;
using System.Security.Cryptography;
using Exchange.Node.Hosting;

namespace Exchange.Node.Trust;

/// <summary>Reads what <see cref="KeyBackupStream"/> wrote, a part at a time; a missing end is an error.</summary>
internal sealed class KeyBackupReader(Stream input, byte[] key, byte[] header) : ReadOnlyStream
{
    private readonly AesGcm _cipher = new(key, MasterKeys.TagLength);
    private byte[] _part = [];
    private int _used;
    private long _number;
    private bool _isOver;

    /// <exception cref="CryptographicException">Another key encrypted it, or it was changed.</exception>
    /// <exception cref="EndOfStreamException">Its end is missing.</exception>
    public override int Read(Span<byte> buffer)
    {
        while (_used == _part.Length && !_isOver)
        {
            ReadPart();
        }

        var count = Math.Min(buffer.Length, _part.Length - _used);
        _part.AsSpan(_used, count).CopyTo(buffer);
        _used += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _cipher.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReadPart()
    {
        Span<byte> start = stackalloc byte[4];
        input.ReadExactly(start);
        var said = BinaryPrimitives.ReadInt32BigEndian(start);
        var length = said < 0 ? ~said : said;
        if (length > KeyBackupStream.PartLength)
        {
            throw new InvalidDataException("A part of the backup is longer than parts are.");
        }

        var bytes = new byte[length + MasterKeys.TagLength];
        input.ReadExactly(bytes);
        _isOver = said < 0;
        _part = new byte[length];
        _cipher.Decrypt(
            KeyBackupStream.Nonce(_number),
            bytes.AsSpan(0, length),
            bytes.AsSpan(length),
            _part,
            KeyBackupStream.Binding(header, _number, _isOver));
        (_used, _number) = (0, _number + 1);
    }
}
