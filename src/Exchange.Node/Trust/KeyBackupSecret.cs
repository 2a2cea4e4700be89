using System.Security.Cryptography;

namespace Exchange.Node.Trust;

/// <summary>What a backup of keys is encrypted with: a passphrase, or the public half of a recovery key.</summary>
internal abstract record KeyBackupSecret
{
    private const int KeyLength = 32;
    private const int SaltLength = 16;
    private const int Iterations = 600_000;
    private const int MaxIterations = 10_000_000;

    /// <summary>Makes the key of a new backup, and notes in its header how it is made again.</summary>
    public abstract (byte[] Key, KeyBackupHeader Header) NewKey(KeyBackupHeader header);

    /// <summary>Makes the key of a backup; null when this isn't the kind of secret that it was made with.</summary>
    public abstract byte[]? KeyOf(KeyBackupHeader header);

    /// <summary>A passphrase, from which PBKDF2 makes the key.</summary>
    internal sealed record Passphrase(string Text) : KeyBackupSecret
    {
        private const string Suite = "pbkdf2-sha256/aes-256-gcm";

        public override (byte[] Key, KeyBackupHeader Header) NewKey(KeyBackupHeader header)
        {
            var filled = header with
            {
                Suite = Suite,
                Salt = RandomNumberGenerator.GetBytes(SaltLength),
                Iterations = Iterations,
            };
            return (Derive(filled), filled);
        }

        public override byte[]? KeyOf(KeyBackupHeader header) =>
            header is { Suite: Suite, Salt.Length: SaltLength, Iterations: > 0 and <= MaxIterations }
                ? Derive(header)
                : null;

        private byte[] Derive(KeyBackupHeader header) => Rfc2898DeriveBytes.Pbkdf2(
            Text, header.Salt, header.Iterations, HashAlgorithmName.SHA256, KeyLength);
    }

    /// <summary>A recovery key on P-256; to back up, its public half is enough.</summary>
    internal sealed record Recovery(ECDiffieHellman Pair) : KeyBackupSecret
    {
        private const string Suite = "ecdh-p256-hkdf-sha256/aes-256-gcm";

        public override (byte[] Key, KeyBackupHeader Header) NewKey(KeyBackupHeader header)
        {
            using var once = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
            var filled = header with { Suite = Suite, EphemeralKey = once.ExportSubjectPublicKeyInfo() };
            return (SharedSecret.Derive(once, Pair.ExportSubjectPublicKeyInfo(), Info(filled)), filled);
        }

        public override byte[]? KeyOf(KeyBackupHeader header) => header.Suite == Suite
            ? SharedSecret.Derive(Pair, header.EphemeralKey, Info(header))
            : null;

        private static byte[] Info(KeyBackupHeader header) => [.. "exchange key backup v1\n"u8, .. header.EphemeralKey];
    }
}
