using System.Buffers;

namespace Exchange.Node.Standards;

/// <summary>
/// Unified social credit codes by GB 32100: department (1), kind (1), place (6), organisation code (9), check character
/// (1).
/// </summary>
internal static class CreditCode
{
    private const int Length = 18;
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    private static readonly SearchValues<char> Characters = SearchValues.Create(Alphabet);

    /// <summary>Reads a code in any of its writings.</summary>
    /// <param name="text">The code; full-width characters and lower-case letters are read too.</param>
    /// <param name="code">The 18 characters in half width and upper case; empty if the text is no code.</param>
    /// <returns>False unless length, characters and check character are right.</returns>
    public static bool TryNormalise(string text, out string code)
    {
        code = StandardText.Code(text);
        if (code.Length == Length
            && !code.AsSpan().ContainsAnyExcept(Characters)
            && StandardText.IsDigits(code.AsSpan(2, 6))
            && code[^1] == CheckCharacter(code.AsSpan(0, Length - 1)))
        {
            return true;
        }

        code = "";
        return false;
    }

    /// <summary>The check character of the first 17, each weighted by a power of 3 modulo 31.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> body)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(body.Length, Length - 1);
        var sum = 0;
        var weight = 1;
        foreach (var c in body)
        {
            sum += Alphabet.IndexOf(c, StringComparison.Ordinal) * weight;
            weight = weight * 3 % Alphabet.Length;
        }

        return Alphabet[(Alphabet.Length - (sum % Alphabet.Length)) % Alphabet.Length];
    }
}
