using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Exchange.Node.Agreements;

/// <summary>
/// What two people read to each other to be sure of a key: 8 groups of 5 digits, because digits are alike in every
/// language. 128 bits of the key's SHA-256.
/// </summary>
internal static class KeyFingerprint
{
    private const int Groups = 8;

    /// <summary>The fingerprint of a public key (SubjectPublicKeyInfo).</summary>
    public static string Of(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, hash);
        var groups = new string[Groups];
        for (var i = 0; i < Groups; i++)
        {
            var group = BinaryPrimitives.ReadUInt16BigEndian(hash[(2 * i)..]);
            groups[i] = group.ToString("D5", CultureInfo.InvariantCulture);
        }

        return string.Join('-', groups);
    }

    /// <summary>Whether somebody typed the fingerprint of a key; only its digits count.</summary>
    public static bool IsOf(string typed, ReadOnlySpan<byte> publicKey) => Digits(typed) == Digits(Of(publicKey));

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
