using System.Text;

namespace Exchange.Node.Tests.Attacks;

/// <summary>Writes protobuf's bytes one by one, so that they can be wrong.</summary>
internal sealed class Wire
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int Delimited = 2;
    public const int GroupStart = 3;
    public const int GroupEnd = 4;
    public const int Fixed32 = 5;

    private readonly MemoryStream _bytes = new();

    public int Length => (int)_bytes.Length;

    public byte[] ToArray() => _bytes.ToArray();

    public Wire Tag(int number, int type) => Number(((ulong)(uint)number << 3) | (uint)type);

    public Wire Number(ulong value)
    {
        for (; value > 0x7f; value >>= 7)
        {
            _bytes.WriteByte((byte)(value | 0x80));
        }

        _bytes.WriteByte((byte)value);
        return this;
    }

    public Wire Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public Wire Bytes(int number, ReadOnlySpan<byte> bytes) =>
        Tag(number, Delimited).Number((ulong)bytes.Length).Raw(bytes);

    public Wire Text(int number, string text) => Bytes(number, Encoding.UTF8.GetBytes(text));
}
