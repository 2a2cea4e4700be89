using System.Text.RegularExpressions;

namespace Exchange.Node.Messages;

/// <summary>
/// Takes out of words for everybody what a person can be reached by: long numbers and addresses of mail.
/// </summary>
internal static partial class PublicText
{
    /// <summary>The words without them.</summary>
    public static string Of(string text) => Personal().Replace(text, "***");

    // Addresses of mail; mobile numbers; landlines with their area code; seven digits and more, as ID numbers have.
    // Also full width, and with dashes or spaces where people put them: 4000-5500 is pay.
    [GeneratedRegex(
        @"[\w.+-]+@[\w-]+(\.[\w-]+)+"
        + "|[1１][0-9０-９]{2}[-－ 　]?[0-9０-９]{4}[-－ 　]?[0-9０-９]{4}"
        + "|[0０][0-9０-９]{2,3}[-－ 　)）]{0,2}[0-9０-９]{7,8}"
        + "|[0-9０-９]{7,}[XxＸｘ]?",
        RegexOptions.CultureInvariant)]
    private static partial Regex Personal();
}
