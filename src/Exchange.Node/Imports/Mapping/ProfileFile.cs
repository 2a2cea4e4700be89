using System.Text.Json;
using System.Text.Json.Serialization;

namespace Exchange.Node.Imports.Mapping;

/// <summary>
/// A mapping profile as its JSON file has it; docs/operating/mapping-profiles.md says what each member means.
/// </summary>
internal sealed record ProfileFile
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Kind { get; init; }

    public KeySpec? Key { get; init; }

    public IReadOnlyList<string> Blank { get; init; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> BlankIn { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    public IReadOnlyList<string> OptionalColumns { get; init; } = [];

    public bool StripPinyin { get; init; }

    public IReadOnlyList<FieldSpec> Fields { get; init; } = [];

    public IReadOnlyList<ReferenceSpec> References { get; init; } = [];

    /// <summary>Members that no profile has; kept so that every mistake is reported together.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>Where a row's external key comes from.</summary>
internal sealed record KeySpec
{
    public string? Source { get; init; }

    public IReadOnlyList<string> Columns { get; init; } = [];

    [JsonExtensionData]
    public IDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>A record that rows refer to: by the ID number of its person, or by its external key.</summary>
internal sealed record ReferenceSpec
{
    public string? To { get; init; }

    public string? Kind { get; init; }

    public string? IdNumber { get; init; }

    public KeySpec? Key { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>How a value is read: a constant, or columns with a kind of reading and its options.</summary>
internal record ReadingSpec
{
    public string? Read { get; init; }

    public string? Column { get; init; }

    public IReadOnlyList<string> Columns { get; init; } = [];

    public string? Constant { get; init; }

    public IReadOnlyList<ConditionSpec> When { get; init; } = [];

    public int? Scale { get; init; }

    public string? Currency { get; init; }

    public string? CurrencyColumn { get; init; }

    public IReadOnlyList<string> Forms { get; init; } = [];

    public IReadOnlyDictionary<string, string?> Values { get; init; } = new Dictionary<string, string?>();

    public IReadOnlyList<string> Yes { get; init; } = [];

    public IReadOnlyList<string> No { get; init; } = [];

    public string? Separator { get; init; }

    public string? CodeColumn { get; init; }

    public string? Prefix { get; init; }

    public IReadOnlyList<ReadingSpec> Parts { get; init; } = [];

    [JsonExtensionData]
    public IDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();
}

/// <summary>
/// A target field and the reading that fills it, or several of which the first that applies is taken.
/// </summary>
internal sealed record FieldSpec : ReadingSpec
{
    public string? To { get; init; }

    public bool Required { get; init; }

    public IReadOnlyList<ConditionSpec> RequiredWhen { get; init; } = [];

    public IReadOnlyList<ReadingSpec> Cases { get; init; } = [];
}

/// <summary>A condition on one column; exactly one of the tests is set.</summary>
internal sealed record ConditionSpec
{
    public string? Column { get; init; }

    public bool? Filled { get; init; }

    public bool? Yes { get; init; }

    public IReadOnlyList<string>? In { get; init; }

    public IReadOnlyList<string>? NotIn { get; init; }

    public string? SameAs { get; init; }

    public decimal? From { get; init; }

    public decimal? To { get; init; }

    [JsonExtensionData]
    public IDictionary<string, JsonElement> Unknown { get; init; } = new Dictionary<string, JsonElement>();
}
