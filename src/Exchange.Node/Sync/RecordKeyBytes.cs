using System.Text;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// A record's key as bytes: kind, NUL, the 16 bytes of the id. Orders as kind, then id; the digest hashes the same
/// bytes.
/// </summary>
internal static class RecordKeyBytes
{
    /// <summary>Bytes of an id.</summary>
    public const int IdLength = 16;

    /// <summary>Returns the bytes of a key.</summary>
    public static byte[] Of(RecordKey key) => Of(key, []);

    /// <summary>
    /// Returns the bytes of a key with something behind them that tells apart several entries of one record.
    /// </summary>
    public static byte[] Of(RecordKey key, ReadOnlySpan<byte> suffix)
    {
        var bytes = new byte[Length(key) + suffix.Length];
        suffix.CopyTo(bytes.AsSpan(Write(key, bytes)));
        return bytes;
    }

    /// <summary>Returns the bytes of an id alone.</summary>
    public static byte[] OfId(Guid id)
    {
        var bytes = new byte[IdLength];
        WriteId(id, bytes);
        return bytes;
    }

    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    public static int Length(RecordKey key) => Encoding.UTF8.GetByteCount(key.Kind) + 1 + IdLength;

    /// <summary>Writes the bytes of a key and returns how many they are.</summary>
    public static int Write(RecordKey key, Span<byte> destination)
    {
        var kind = Encoding.UTF8.GetBytes(key.Kind, destination);
        destination[kind] = 0;
        WriteId(key.Id, destination.Slice(kind + 1, IdLength));
        return kind + 1 + IdLength;
    }

    /// <summary>Reads the key at the beginning of an entry's key; whatever stands behind it is left alone.</summary>
    /// <exception cref="InvalidDataException">The bytes don't begin with a key.</exception>
    public static RecordKey Read(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        if (end <= 0 || bytes.Length < end + 1 + IdLength)
        {
            throw new InvalidDataException("An entry's key doesn't begin with a record's kind and id.");
        }

        var id = new Guid(bytes.Slice(end + 1, IdLength), bigEndian: true);
        return new RecordKey(Encoding.UTF8.GetString(bytes[..end]), id);
    }

    /// <summary>Writes an id's 16 bytes in the order of its text.</summary>
    public static void WriteId(Guid id, Span<byte> destination)
    {
        if (!id.TryWriteBytes(destination, bigEndian: true, out _))
        {
            throw new ArgumentException("An id takes 16 bytes.", nameof(destination));
        }
    }
}
