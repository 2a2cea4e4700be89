using System.Buffers.Binary;
using System.Text;

namespace Exchange.Store.LiteDb;

/// <summary>
/// Keys as bytes whose order is that of their parts. A number says what the key belongs to; then come an id, or a value
/// ended by a zero byte (which no value contains) and an id, or an entry's key.
/// </summary>
internal static class LiteDbKeys
{
    private const int NumberSize = 4;
    private const int IdSize = 16;

    public static byte[] Of(int number, ReadOnlySpan<byte> rest)
    {
        var key = new byte[NumberSize + rest.Length];
        BinaryPrimitives.WriteInt32BigEndian(key, number);
        rest.CopyTo(key.AsSpan(NumberSize));
        return key;
    }

    public static byte[] OfId(int number, Guid id)
    {
        var key = new byte[NumberSize + IdSize];
        BinaryPrimitives.WriteInt32BigEndian(key, number);
        id.TryWriteBytes(key.AsSpan(NumberSize), bigEndian: true, out _);
        return key;
    }

    public static byte[] OfValue(int number, ReadOnlySpan<byte> value, ReadOnlySpan<byte> id) =>
        Of(number, [.. value, 0, .. id]);

    public static byte[] OfValue(int number, string value, Guid id) =>
        OfValue(number, Encoding.UTF8.GetBytes(value), id.ToByteArray(bigEndian: true));

    public static ReadOnlySpan<byte> Rest(byte[] key) => key.AsSpan(NumberSize);

    public static (string Value, Guid Id) Value(byte[] key)
    {
        var rest = Rest(key);
        return (Encoding.UTF8.GetString(rest[..^(IdSize + 1)]), new Guid(rest[^IdSize..], bigEndian: true));
    }

    public static Guid Id(byte[] key) => new(Rest(key), bigEndian: true);

    /// <summary>The first key behind another.</summary>
    public static byte[] Behind(byte[] key) => [.. key, 0];
}
