using Exchange.Node.Records;
using Exchange.Node.Standards;

namespace Exchange.Node.Imports.Values;

/// <summary>Reads citizen ID numbers, and what they tell of a person.</summary>
/// <remarks>Whether the place ever existed is the node's to check: a test node takes numbers of no place.</remarks>
internal static class IdText
{
    private const int OldLength = 15;

    /// <summary>The number in plain characters; one of 15 stays as it is.</summary>
    public static Parsed Number(string text) => Read(text, number =>
        StandardText.Code(text) is { Length: OldLength } old ? old : number.Normalised);

    /// <summary>The <see cref="V1.Sex"/> that the number tells.</summary>
    public static Parsed Sex(string text) => Read(text, number => number.Sex);

    /// <summary>The day of birth that the number tells.</summary>
    public static Parsed BirthDate(string text) => Read(text, number => DateRules.ToDate(number.BirthDate));

    private static Parsed Read(string text, Func<IdNumber, object> value) =>
        IdNumber.Read(text, out var number) is var fault and not IdNumberFault.None
            ? Parsed.Unreadable(IdNumber.Describe(fault))
            : Parsed.Of(value(number));
}
