using System.Buffers.Binary;
using System.Text;

namespace Exchange.Node.Sync;

/// <summary>Writes the compact values of sync's own collections into a buffer that is large enough for them.</summary>
internal ref struct RowWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _at;

    /// <summary>What was written, as a value to store.</summary>
    public readonly byte[] ToArray() => _buffer[.._at].ToArray();

    public void Byte(byte value) => _buffer[_at++] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }

    public void Fixed(ulong value)
    {
        BinaryPrimitives.WriteUInt64BigEndian(_buffer[_at..], value);
        _at += 8;
    }

    public void Item(UInt128 item)
    {
        DigestItem.Write(item, _buffer[_at..]);
        _at += DigestItem.Length;
    }

    public void Text(string text)
    {
        Number((ulong)Encoding.UTF8.GetByteCount(text));
        _at += Encoding.UTF8.GetBytes(text, _buffer[_at..]);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Number((ulong)bytes.Length);
        bytes.CopyTo(_buffer[_at..]);
        _at += bytes.Length;
    }
}
