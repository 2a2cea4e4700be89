using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Exchange.Node.Trust;
using Exchange.V1;

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

    /// <summary>
    /// Whether somebody typed the fingerprint of a key: its digits, or its words; what stands between doesn't count.
    /// </summary>
    public static bool IsOf(string typed, ReadOnlySpan<byte> publicKey) =>
        Digits(typed) == Digits(Of(publicKey)) || FingerprintWords.IsOf(typed, publicKey);

    /// <summary>Both forms, for a message.</summary>
    public static SpokenFingerprint Spoken(ReadOnlySpan<byte> publicKey) =>
        new() { Digits = Of(publicKey), Words = { FingerprintWords.Of(publicKey) } };

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
