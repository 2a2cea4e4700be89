using System.Text.RegularExpressions;
using Exchange.Node.Standards;

namespace Exchange.Node.Records;

/// <summary>What names, ID numbers and telephone numbers must keep to. No description ever tells a value.</summary>
internal static partial class PersonRules
{
    private const string MaskedCopy = "It is a masked copy. Send the full text, or leave it empty.";

    /// <summary>Checks a name, which must be set.</summary>
    public static IEnumerable<FieldViolation> CheckName(string name, string path)
    {
        if (TextRules.IsBlank(name))
        {
            yield return new(path, "It is empty. Send the name in full.");
        }
        else if (IsMasked(name))
        {
            // Written back, a masked name would destroy the one that it was made from.
            yield return new(path, "It is a masked copy. Send the name in full.");
        }
    }

    /// <summary>Checks that a name isn't a masked copy.</summary>
    public static IEnumerable<FieldViolation> CheckMasked(string name, string path)
    {
        if (IsMasked(name))
        {
            yield return new(path, MaskedCopy);
        }
    }

    /// <summary>Checks an ID number that may be empty.</summary>
    public static IEnumerable<FieldViolation> CheckIdNumber(string number, RuleContext context, string path)
    {
        if (number.Length == 0)
        {
            yield break;
        }

        var fault = IdNumber.Read(number, out var read);
        if (fault == IdNumberFault.None)
        {
            fault = read.Against(context.Today, context.TestNode);
        }

        if (fault != IdNumberFault.None)
        {
            yield return new(path, IdNumber.Describe(fault));
        }
    }

    /// <summary>Checks a person's telephone number that may be empty.</summary>
    public static IEnumerable<FieldViolation> CheckPhone(string phone, string path)
    {
        if (IsMasked(phone))
        {
            yield return new(path, MaskedCopy);
        }
        else if (phone.Length > 0 && !Mobile().IsMatch(phone) && !Landline().IsMatch(phone))
        {
            yield return new(
                path,
                "It must have 11 digits starting with 1, or be a landline with its area code, such as 0870-2123456.");
        }
    }

    /// <summary>Checks an office's telephone number that may be empty.</summary>
    public static IEnumerable<FieldViolation> CheckOfficePhone(string phone, string path)
    {
        if (phone.Length > 0 && !Office().IsMatch(phone))
        {
            yield return new(
                path, "It must be a telephone number of 5 to 20 digits; spaces, +, -, ( and ) may stand between.");
        }
        else if (Mobile().IsMatch(phone))
        {
            yield return new(
                path, "It is a mobile number, which is a person's. Send an office's number, or leave it empty.");
        }
    }

    /// <summary>
    /// The blind token of a person; empty when the number is absent, masked or, by sync, in no known form.
    /// </summary>
    public static string Token(string idNumber, IPersonTokens tokens) =>
        IdNumber.Read(idNumber, out var read) == IdNumberFault.None ? tokens.Token(read.Normalised) : "";

    /// <summary>
    /// The blind token of a number that can't be one, by which a change of it is seen; empty when the number is absent,
    /// masked or good.
    /// </summary>
    public static string InvalidToken(string idNumber, IPersonTokens tokens) =>
        idNumber.Length > 0 && IdNumber.Read(idNumber, out _) is not (IdNumberFault.None or IdNumberFault.Masked)
            ? tokens.Token("invalid:" + idNumber)
            : "";

    private static bool IsMasked(string text) => text.AsSpan().ContainsAny('*', '＊');

    [GeneratedRegex(@"^1[0-9]{10}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Mobile();

    [GeneratedRegex(@"^0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Landline();

    [GeneratedRegex(@"^[+(]*[0-9]([ ()-]*[0-9]){4,19}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Office();
}
