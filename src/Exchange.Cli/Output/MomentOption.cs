using System.CommandLine;
using System.Globalization;

namespace Exchange.Cli.Output;

/// <summary>Options whose value is a moment in the time of the partners.</summary>
internal static class MomentOption
{
    /// <summary>How a moment is written, for descriptions.</summary>
    public const string Form = "2026-03-02 or 2026-03-02T22:30, in Asia/Shanghai";

    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm"];

    /// <summary>An option that takes a day, or a day and a time.</summary>
    public static Option<DateTimeOffset?> Create(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateTime.TryParseExact(
                text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
            {
                return new DateTimeOffset(moment, Shanghai);
            }

            result.AddError($"'{text}' is no moment; write it as {Form}.");
            return null;
        },
    };
}
