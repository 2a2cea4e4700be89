using System.Buffers.Binary;
using System.Text;

namespace Exchange.Node.Sync;

/// <summary>Reads what <see cref="RowWriter"/> wrote; anything else is an <see cref="InvalidDataException"/>.</summary>
internal ref struct RowReader(ReadOnlySpan<byte> row)
{
    private ReadOnlySpan<byte> _rest = row;

    /// <summary>Checks the format, the first byte of every value.</summary>
    public void Format(byte expected)
    {
        if (Byte() != expected)
        {
            throw new InvalidDataException("A newer version of this program wrote this store. Use that version.");
        }
    }

    /// <summary>Everything was read; a later format may have written more.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() != 0;

    public ulong Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("A number in sync's own data is too long.");
    }

    public ulong Fixed() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    public UInt128 Item() => DigestItem.Read(Take(DigestItem.Length));

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<byte> Bytes()
    {
        var length = Number();
        return length <= int.MaxValue ? Take((int)length) : throw TooShort();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw TooShort();
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static InvalidDataException TooShort() => new("A value of sync's own data ends too early.");
}
