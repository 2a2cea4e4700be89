using System.Security.Cryptography;

namespace Exchange.Node.Trust;

/// <summary>A secret that two holders of keys on P-256 make, each from its own private key: ECDH, then HKDF.</summary>
internal static class SharedSecret
{
    private const int Length = 32;

    /// <summary>Makes 32 bytes, equal on both sides for the same info.</summary>
    /// <param name="ours">The own key.</param>
    /// <param name="theirs">The other's public key (SubjectPublicKeyInfo).</param>
    /// <param name="info">What the secret is for; another info gives another secret.</param>
    /// <exception cref="CryptographicException">That is no key on P-256.</exception>
    public static byte[] Derive(ECDiffieHellman ours, ReadOnlySpan<byte> theirs, ReadOnlySpan<byte> info)
    {
        using var other = ECDiffieHellman.Create();
        other.ImportSubjectPublicKeyInfo(theirs, out _);
        if (other.KeySize != ours.KeySize)
        {
            throw new CryptographicException("The key isn't on P-256.");
        }

        using var point = other.PublicKey;
        var secret = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, ours.DeriveRawSecretAgreement(point), secret, salt: default, info);
        return secret;
    }
}
