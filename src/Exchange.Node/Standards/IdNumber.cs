using System.Globalization;
using System.Text.RegularExpressions;
using Exchange.V1;

namespace Exchange.Node.Standards;

/// <summary>
/// A citizen ID number by GB 11643: place (6), day of birth (8), sequence (3, odd for men), check character (1).
/// Numbers of 15 characters from before 1999 are read too.
/// </summary>
internal readonly partial record struct IdNumber
{
    private const int Length = 18;
    private const int OldLength = 15;
    private const string CheckCharacters = "10X98765432";

    // Numbers of 15 characters have two digits for the year. The last was given out in 1999, to people born before.
    private const string OldCentury = "19";

    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    private IdNumber(string normalised, DateOnly birthDate)
    {
        Normalised = normalised;
        BirthDate = birthDate;
    }

    /// <summary>
    /// The 18 characters, with an upper-case X: what stands for the person, however the number was written.
    /// </summary>
    public string Normalised { get; }

    /// <summary>The day of birth.</summary>
    public DateOnly BirthDate { get; }

    /// <summary>The code of the county that issued the first number, as it was then.</summary>
    public string PlaceCode => Normalised[..6];

    /// <summary>Man or woman.</summary>
    public Sex Sex => (Normalised[16] - '0') % 2 == 1 ? Sex.Male : Sex.Female;

    /// <summary>Reads a number by its own form: length, characters, day and check character.</summary>
    /// <remarks>
    /// What depends on more than the number is asked apart, by <see cref="Against"/>: a number read here has one
    /// normalised form on every node and on every day.
    /// </remarks>
    public static IdNumberFault Read(string text, out IdNumber number)
    {
        number = default;
        var code = StandardText.Code(text);
        var fault = Form(code);
        if (fault != IdNumberFault.None)
        {
            return fault;
        }

        var body = code.Length == Length ? code[..^1] : code[..6] + OldCentury + code[6..];
        if (!DateOnly.TryParseExact(
            body.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var birthDate))
        {
            return IdNumberFault.BirthDate;
        }

        var check = CheckCharacter(body);
        if (code.Length == Length && code[^1] != check)
        {
            // Spreadsheets hold 15 digits of a number; the rest becomes zeros.
            return code.EndsWith("000", StringComparison.Ordinal)
                ? IdNumberFault.SpreadsheetDamage
                : IdNumberFault.CheckDigit;
        }

        number = new IdNumber(body + check, birthDate);
        return IdNumberFault.None;
    }

    /// <summary>Checks the number against a day and against the places that ever existed.</summary>
    /// <param name="today">No day of birth may be later.</param>
    /// <param name="anyPlace">Accepts place codes that were never issued, as test data uses them.</param>
    public IdNumberFault Against(DateOnly today, bool anyPlace)
    {
        if (BirthDate > today)
        {
            return IdNumberFault.Future;
        }

        return anyPlace || PlaceCodes.EverExisted(PlaceCode) ? IdNumberFault.None : IdNumberFault.Place;
    }

    /// <summary>The check character of the first 17 digits, by ISO 7064 MOD 11-2.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> body)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(body.Length, Length - 1);
        var sum = 0;
        for (var i = 0; i < body.Length; i++)
        {
            sum += (body[i] - '0') * Weights[i];
        }

        return CheckCharacters[sum % 11];
    }

    /// <summary>What is wrong and what to do, for a writer; names nothing of the number.</summary>
    public static string Describe(IdNumberFault fault) => fault switch
    {
        IdNumberFault.Masked => "It is a masked copy. Send the full number, or leave it empty.",
        IdNumberFault.SpreadsheetDamage =>
            "A spreadsheet turned it into a number and lost its last digits, which can't be restored. "
            + "Type it again in a column of the format text.",
        IdNumberFault.Length => "It must have 18 characters, or 15 in its old form.",
        IdNumberFault.Characters => "It must be made of digits; only the last of 18 may be X.",
        IdNumberFault.BirthDate => "The day of birth in it doesn't exist. Compare it with the card.",
        IdNumberFault.CheckDigit => "Its last character doesn't agree with the others. Compare it with the card.",
        IdNumberFault.Future => "The day of birth in it is yet to come. Compare it with the card.",
        IdNumberFault.Place => "Its first six digits were never the code of a place. Compare it with the card.",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Nothing is wrong."),
    };

    /// <summary>Never the number, so that it stands in no log and no error by mistake.</summary>
    public override string ToString() => "(ID number)";

    private static IdNumberFault Form(string code)
    {
        if (code.Contains('*', StringComparison.Ordinal))
        {
            return IdNumberFault.Masked;
        }

        if (Scientific().IsMatch(code))
        {
            return IdNumberFault.SpreadsheetDamage;
        }

        if (code.Length is not (Length or OldLength))
        {
            return IdNumberFault.Length;
        }

        var digits = code.Length == Length && code[^1] == 'X' ? code.AsSpan(0, Length - 1) : code;
        return StandardText.IsDigits(digits) ? IdNumberFault.None : IdNumberFault.Characters;
    }

    [GeneratedRegex(@"^[0-9]+([.,][0-9]+)?E\+?[0-9]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Scientific();
}
