using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Sync;

/// <summary>
/// The fields of one message that may flow, compiled from an agreement's allow-list. What isn't listed is dropped; so
/// is what is listed in a way that this version can't carry out, because sending too little can be mended.
/// </summary>
internal sealed class FieldPlan
{
    private const int MaxIndexed = 255;

    private readonly FieldStep[] _indexed;
    private readonly Dictionary<int, FieldStep> _others = [];

    private FieldPlan(IEnumerable<(int Number, FieldStep Step)> fields)
    {
        var steps = new FieldStep[MaxIndexed + 1];
        var last = 0;
        foreach (var (number, step) in fields)
        {
            if (number is > 0 and <= MaxIndexed)
            {
                steps[number] = step;
                last = Math.Max(last, number);
            }
            else
            {
                _others[number] = step;
            }
        }

        _indexed = steps[..(last + 1)];
    }

    /// <summary>Compiles a list of fields.</summary>
    /// <param name="rules">The agreement's list.</param>
    /// <param name="message">The message that the list is for; null for a kind that this version doesn't know.</param>
    public static FieldPlan Compile(IEnumerable<FieldRule> rules, MessageDescriptor? message) =>
        new(rules.Select(rule => ((int)rule.Number, Step(rule, message?.FindFieldByNumber((int)rule.Number)))));

    /// <summary>
    /// What some plans allow together: a field that one shows whole is shown whole, whatever the others hide.
    /// </summary>
    public static FieldPlan Union(IEnumerable<FieldPlan> plans) => new(plans
        .SelectMany(plan => plan.Carried)
        .GroupBy(field => field.Number)
        .Select(field => (field.Key, field.Select(listed => listed.Step).Aggregate(Join))));

    /// <summary>The fields that aren't dropped, by number.</summary>
    public IEnumerable<(int Number, FieldStep Step)> Carried =>
        _indexed.Index()
            .Select(indexed => (Number: indexed.Index, Step: indexed.Item))
            .Concat(_others.OrderBy(other => other.Key).Select(other => (Number: other.Key, Step: other.Value)))
            .Where(listed => listed.Step.Action != FieldAction.Drop);

    /// <summary>What to do with a field.</summary>
    public FieldStep For(int number) =>
        number < _indexed.Length ? _indexed[number] : _others.GetValueOrDefault(number);

    private static FieldStep Step(FieldRule rule, FieldDescriptor? field)
    {
        if (rule.Mask != Mask.Unspecified)
        {
            var isText = field is null or { FieldType: FieldType.String };
            return isText && IsKnown(rule.Mask)
                ? new FieldStep(FieldAction.Mask, WireTypes.LengthDelimited, rule.Mask, null)
                : default;
        }

        if (rule.Fields.Count > 0)
        {
            return field is null or { FieldType: FieldType.Message }
                ? new FieldStep(
                    FieldAction.Enter, WireTypes.LengthDelimited, default, Compile(rule.Fields, field?.MessageType))
                : default;
        }

        // A message listed without its fields sends none of them.
        return field is { FieldType: FieldType.Message or FieldType.Group }
            ? default
            : new FieldStep(FieldAction.Copy, field is null ? WireTypes.Any : WireTypesOf(field), default, null);
    }

    // Agreements hide a field in one way only, and enter what is no text; of an unknown field the first way counts.
    private static FieldStep Join(FieldStep one, FieldStep other) => (one.Action, other.Action) switch
    {
        (FieldAction.Copy, _) => one,
        (_, FieldAction.Copy) => other,
        (FieldAction.Enter, FieldAction.Enter) => one with { Nested = Union([one.Nested!, other.Nested!]) },
        _ => one,
    };

    private static bool IsKnown(Mask mask) => mask is Mask.Name or Mask.IdNumber or Mask.Phone or Mask.County;

    private static WireTypes WireTypesOf(FieldDescriptor field)
    {
        var single = field.FieldType switch
        {
            FieldType.String or FieldType.Bytes => WireTypes.LengthDelimited,
            FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireTypes.Fixed64,
            FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireTypes.Fixed32,
            _ => WireTypes.Varint,
        };

        // A repeated number may come packed or not, whatever the schema says.
        return field.IsRepeated ? single | WireTypes.LengthDelimited : single;
    }
}

/// <summary>What to do with one field; the default drops it.</summary>
internal readonly record struct FieldStep(FieldAction Action, WireTypes Accepted, Mask Mask, FieldPlan? Nested);

/// <summary>What can be done with a field.</summary>
internal enum FieldAction
{
    Drop,
    Copy,
    Mask,
    Enter,
}

/// <summary>The encodings that a field may come in; another encoding under its number isn't that field.</summary>
[Flags]
internal enum WireTypes
{
    None = 0,
    Varint = 1 << (int)WireFormat.WireType.Varint,
    Fixed64 = 1 << (int)WireFormat.WireType.Fixed64,
    LengthDelimited = 1 << (int)WireFormat.WireType.LengthDelimited,
    Fixed32 = 1 << (int)WireFormat.WireType.Fixed32,
    Any = Varint | Fixed64 | LengthDelimited | Fixed32,
}
