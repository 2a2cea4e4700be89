using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>How long texts may be, in Unicode code points, as the comments of the contract state it.</summary>
internal static class TextLimits
{
    /// <summary>The limit of a text whose comment states none: room for any cell of a bureau file.</summary>
    public const int Default = 1_000;

    // What a clerk adds in words of one's own.
    private const int Remark = 2_000;

    private const string Package = "exchange.v1.";

    private static readonly FrozenDictionary<string, int> Stated = new Dictionary<string, int>
    {
        ["CaseFile.details"] = 10_000,
        ["Employer.name"] = 200,
        ["Occupation.words"] = 200,
        ["PayRange.words"] = 200,
        ["Place.words"] = 200,
        ["Schooling.words"] = 100,
        ["Vacancy.description"] = 10_000,
        ["Vacancy.employer_name"] = 200,
        ["Vacancy.title"] = 200,
        ["Worker.name"] = 100,
    }.ToFrozenDictionary(pair => Package + pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The most code points of a text field.</summary>
    public static int Of(FieldDescriptor field) =>
        Stated.GetValueOrDefault(field.FullName, field.Name is "remark" or "note" ? Remark : Default);

    /// <summary>Whether a clerk may write several lines into a text field.</summary>
    public static bool HasLines(FieldDescriptor field) =>
        field.Name is "remark" or "note" or "description" or "details"
        || field.Name.EndsWith("words", StringComparison.Ordinal);
}
