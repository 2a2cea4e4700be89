using System.Text;

namespace Exchange.Node.Access;

/// <summary>Finds what may be a person's number in words that are kept where no person is to be named.</summary>
internal static class PersonalNumbers
{
    // A telephone number has eleven digits, an ID number more.
    private const int Digits = 11;

    /// <summary>Whether so many digits stand in a row that they may be a telephone or ID number.</summary>
    public static bool StandIn(string text)
    {
        var digits = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            digits = Rune.IsDigit(rune) ? digits + 1 : 0;
            if (digits == Digits)
            {
                return true;
            }
        }

        return false;
    }
}
