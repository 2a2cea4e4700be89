using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>How long texts may be, in Unicode code points, as the comments of the contract state it.</summary>
internal static class TextLimits
{
    /// <summary>The limit of a text whose comment states none: room for any cell of a bureau file.</summary>
    public const int Default = 1_000;

    private const string Package = "exchange.v1.";

    private static readonly FrozenDictionary<string, int> Stated = new Dictionary<string, int>
    {
        ["Employer.name"] = 200,
        ["Household.remark"] = 2_000,
        ["Occupation.words"] = 200,
        ["PayRange.words"] = 200,
        ["Place.words"] = 200,
        ["PlacementEvent.note"] = 2_000,
        ["Schooling.words"] = 100,
        ["Vacancy.description"] = 10_000,
        ["Vacancy.employer_name"] = 200,
        ["Vacancy.title"] = 200,
        ["Worker.name"] = 100,
        ["Worker.remark"] = 2_000,
    }.ToFrozenDictionary(pair => Package + pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>The most code points of a text field.</summary>
    public static int Of(FieldDescriptor field) => Stated.GetValueOrDefault(field.FullName, Default);

    /// <summary>Whether a clerk may write several lines into a text field.</summary>
    public static bool HasLines(FieldDescriptor field) =>
        field.Name is "remark" or "note" or "description" || field.Name.EndsWith("words", StringComparison.Ordinal);
}
