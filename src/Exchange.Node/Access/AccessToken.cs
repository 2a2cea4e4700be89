using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Exchange.Node.Access;

/// <summary>Tokens as text: a prefix by which leaked ones are recognised, and 32 random bytes.</summary>
internal static class AccessToken
{
    public const string Prefix = "exchange_";

    private const int RandomBytes = 32;

    /// <summary>Makes one that nobody has seen.</summary>
    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>
    /// By what a token is known and kept. It has no salt and is fast, because what it hides is random and can't be
    /// guessed.
    /// </summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
