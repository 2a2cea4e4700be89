using System.Globalization;
using Exchange.Node.Standards;

namespace Exchange.Node.Generate;

/// <summary>
/// Gives every employer a credit code that no organisation has: both check characters are right, while the place code
/// was never issued. No code is given twice.
/// </summary>
internal sealed class CreditCodePlan(ulong seed)
{
    /// <summary>The place of the codes: no prefecture of Guangdong ever had the number 99.</summary>
    public const string NoPlace = "449999";

    // Registered with the market authority (9) as an enterprise (1).
    private const string Enterprise = "91";
    private const int Codes = 100_000_000;

    private static readonly int[] Weights = [3, 7, 9, 10, 5, 8, 4, 2];

    private readonly Permutation _order = new(Codes, Dice.Mix(seed ^ 0xC0));

    /// <summary>The code of an employer.</summary>
    public string this[long employer]
    {
        get
        {
            var organisation = _order[employer].ToString("00000000", CultureInfo.InvariantCulture);
            var body = Enterprise + NoPlace + organisation + OrganisationCheck(organisation);
            return body + CreditCode.CheckCharacter(body);
        }
    }

    /// <summary>The check character of an organisation code by GB 11714.</summary>
    private static char OrganisationCheck(string organisation)
    {
        var sum = organisation.Select((digit, i) => (digit - '0') * Weights[i]).Sum();
        return (11 - (sum % 11)) switch
        {
            10 => 'X',
            11 => '0',
            var check => (char)('0' + check),
        };
    }
}
