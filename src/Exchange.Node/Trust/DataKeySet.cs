using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Exchange.Node.Trust;

/// <summary>The keys of one id, unwrapped: one as a rule, two while payloads are sealed anew under the next.</summary>
/// <param name="Destroyed">Generations up to this one were destroyed for good; 0 when none was.</param>
/// <param name="Keys">Those that are left, by rising generation; not to be changed.</param>
internal sealed record DataKeySet(uint Destroyed, IReadOnlyList<DataKey> Keys)
{
    // Suite, generation, version of the master, nonce, key, tag.
    private const int WrappedLength = 1 + 4 + 4 + MasterKeys.NonceLength + DataKey.Length + MasterKeys.TagLength;
    private const int HeaderLength = 4;

    // Id, generation.
    private const int BindingLength = 16 + 4;

    /// <summary>An id that never had a key.</summary>
    public static DataKeySet None { get; } = new(0, []);

    /// <summary>The newest generation, of whatever became of it.</summary>
    public uint Newest => Keys.Count > 0 ? Keys[^1].Generation : Destroyed;

    /// <summary>The key of a generation; null when there is none.</summary>
    public DataKey? Find(uint generation) => Keys.FirstOrDefault(key => key.Generation == generation);

    /// <summary>The same with one more key.</summary>
    public DataKeySet WithNext(byte[] key) => this with { Keys = [.. Keys, new DataKey(Newest + 1, key)] };

    /// <summary>The same without the keys up to a generation.</summary>
    public DataKeySet Without(uint upTo) => new(
        Math.Max(Destroyed, upTo), [.. Keys.Where(key => key.Generation > upTo)]);

    /// <summary>Wraps every key under the current master.</summary>
    public byte[] Wrap(Guid id, MasterKeys masters)
    {
        var bytes = new byte[HeaderLength + (Keys.Count * WrappedLength)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Destroyed);
        Span<byte> binding = stackalloc byte[BindingLength];
        for (var i = 0; i < Keys.Count; i++)
        {
            var wrapped = bytes.AsSpan(HeaderLength + (i * WrappedLength), WrappedLength);
            wrapped[0] = Suites.WrapAes256Gcm;
            BinaryPrimitives.WriteUInt32BigEndian(wrapped[1..], Keys[i].Generation);
            BinaryPrimitives.WriteUInt32BigEndian(wrapped[5..], masters.Current);
            masters.Wrap(Keys[i].Bytes, wrapped[9..], Binding(id, Keys[i].Generation, binding));
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Wrap"/> wrote.</summary>
    /// <exception cref="CryptographicException">Another master wrapped a key, or the bytes were changed.</exception>
    public static DataKeySet Unwrap(Guid id, ReadOnlySpan<byte> bytes, MasterKeys masters)
    {
        if (bytes.Length < HeaderLength || (bytes.Length - HeaderLength) % WrappedLength != 0)
        {
            throw new CryptographicException($"The keys of '{id}' are damaged in the key store.");
        }

        var keys = new DataKey[(bytes.Length - HeaderLength) / WrappedLength];
        Span<byte> binding = stackalloc byte[BindingLength];
        for (var i = 0; i < keys.Length; i++)
        {
            var wrapped = bytes.Slice(HeaderLength + (i * WrappedLength), WrappedLength);
            if (wrapped[0] != Suites.WrapAes256Gcm)
            {
                throw new CryptographicException(
                    $"A key of '{id}' is wrapped with suite {wrapped[0]}, which this version doesn't know.");
            }

            var generation = BinaryPrimitives.ReadUInt32BigEndian(wrapped[1..]);
            var key = masters.Unwrap(
                BinaryPrimitives.ReadUInt32BigEndian(wrapped[5..]),
                wrapped[9..],
                Binding(id, generation, binding));
            keys[i] = new DataKey(generation, key);
        }

        return new DataKeySet(BinaryPrimitives.ReadUInt32BigEndian(bytes), keys);
    }

    /// <summary>Whether every key of a stored value is wrapped under one version of the master.</summary>
    public static bool IsUnder(uint master, ReadOnlySpan<byte> bytes)
    {
        for (var at = HeaderLength; at + WrappedLength <= bytes.Length; at += WrappedLength)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 5)..]) != master)
            {
                return false;
            }
        }

        return true;
    }

    // So that no key can be put into another's place.
    private static ReadOnlySpan<byte> Binding(Guid id, uint generation, Span<byte> buffer)
    {
        id.TryWriteBytes(buffer, bigEndian: true, out var length);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], generation);
        return buffer;
    }
}
