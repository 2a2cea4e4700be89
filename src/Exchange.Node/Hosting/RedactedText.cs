using System.Text.RegularExpressions;
using Serilog.Events;
using Serilog.Formatting;

namespace Exchange.Node.Hosting;

/// <summary>
/// The last thing before a log line is written: whatever looks like an ID number or a telephone number is taken out of
/// it, also out of exceptions. No line of the node's own has one; this is for those that nobody thought of.
/// </summary>
internal sealed partial class RedactedText(ITextFormatter inner) : ITextFormatter
{
    /// <summary>What stands in the place of a number.</summary>
    public const string Instead = "[number]";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        using var line = new StringWriter(System.Globalization.CultureInfo.InvariantCulture);
        inner.Format(logEvent, line);
        output.Write(Redact(line.ToString()));
    }

    /// <summary>A text without what looks like a person's number, in digits of any width.</summary>
    public static string Redact(string text) => Numbers().Replace(
        text, found => Personal().IsMatch(Plain(found.Value)) ? Instead : found.Value);

    private static string Plain(string digits) => string.Create(digits.Length, digits, static (plain, wide) =>
    {
        for (var i = 0; i < wide.Length; i++)
        {
            plain[i] = char.IsDigit(wide[i]) ? (char)('0' + (int)char.GetNumericValue(wide[i])) : 'X';
        }
    });

    [GeneratedRegex(@"(?<![\dA-Za-z])(\d{11}|\d{15}|\d{17}[\dXxＸｘ])(?![\dA-Za-z])")]
    private static partial Regex Numbers();

    // A mobile number; an ID number of 15 or 18 characters, which holds a date of birth.
    [GeneratedRegex(
        @"^(1[3-9]\d{9}"
        + @"|[1-9]\d{7}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}"
        + @"|[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX])$")]
    private static partial Regex Personal();
}
