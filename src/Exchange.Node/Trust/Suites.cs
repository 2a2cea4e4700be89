namespace Exchange.Node.Trust;

/// <summary>
/// The algorithm suites that ciphertexts, tokens and signatures name: all of them, in this one place. A number or name
/// means one thing for ever; what reads one that it doesn't know says which, and never guesses.
/// </summary>
internal static class Suites
{
    /// <summary>
    /// First byte of a payload sealed under the node's one key: AES-256-GCM, 12 bytes of nonce before, 16 of tag after.
    /// Still read; nothing is sealed so any more.
    /// </summary>
    public const byte SealNodeAes256Gcm = 1;

    /// <summary>
    /// First byte of a payload sealed under a data key: AES-256-GCM. Generation and id of the key stand before the
    /// nonce.
    /// </summary>
    public const byte SealDataAes256Gcm = 2;

    /// <summary>First byte of a payload under SM4-GCM; reserved for a provider that isn't there yet.</summary>
    public const byte SealDataSm4Gcm = 3;

    /// <summary>First byte of a data key in the key store: AES-256-GCM under a master key.</summary>
    public const byte WrapAes256Gcm = 1;

    /// <summary>First byte of a data key wrapped with SM4-GCM; reserved.</summary>
    public const byte WrapSm4Gcm = 2;

    /// <summary>Signatures: ECDSA P-256 over SHA-256, DER.</summary>
    public const string SignEcdsaP256 = "ecdsa-p256-sha256";

    /// <summary>Signatures by SM2 over SM3; reserved.</summary>
    public const string SignSm2 = "sm2-sm3";

    /// <summary>
    /// What a person token begins with, by which persons are found again here: HMAC-SHA-256 under the node's token
    /// key, cut to 128 bits.
    /// </summary>
    public const string TokenHmacSha256 = "h1";

    /// <summary>What a person token by HMAC-SM3 begins with; reserved.</summary>
    public const string TokenHmacSm3 = "s1";

    /// <summary>Tokens by which persons are matched with a partner: HMAC-SHA-256 under a key of the month.</summary>
    public const string MatchHmacSha256 = "hmac-sha256";

    /// <summary>The same by HMAC-SM3; reserved.</summary>
    public const string MatchHmacSm3 = "hmac-sm3";

    /// <summary>What to say of a byte that names no suite of this version.</summary>
    public static string Unknown(byte suite) =>
        suite is SealDataSm4Gcm
            ? $"suite {suite} (SM4-GCM), for which this version has no provider"
            : $"suite {suite}, which this version doesn't know";
}
