using System.Buffers.Binary;

namespace Exchange.Node.Trust;

/// <summary>Which key something is sealed under.</summary>
/// <param name="Id">Whose key.</param>
/// <param name="Generation">Which one of that id.</param>
internal readonly record struct SealedUnder(Guid Id, uint Generation)
{
    private const int Length = 1 + 4 + 16;

    /// <summary>Reads it from sealed bytes; null for what isn't sealed under a data key.</summary>
    public static SealedUnder? Read(ReadOnlySpan<byte> sealedBytes) =>
        sealedBytes.Length >= Length && sealedBytes[0] == Suites.SealDataAes256Gcm
            ? new SealedUnder(
                new Guid(sealedBytes[5..Length], bigEndian: true),
                BinaryPrimitives.ReadUInt32BigEndian(sealedBytes[1..]))
            : null;
}
