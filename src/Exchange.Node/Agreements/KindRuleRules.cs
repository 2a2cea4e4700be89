using System.Buffers;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.Reflection;
using Enum = System.Enum;

namespace Exchange.Node.Agreements;

/// <summary>
/// What an agreement's lists of kinds and fields must keep to. Kinds and fields that this version doesn't know are
/// allowed: the partner may know them.
/// </summary>
internal static class KindRuleRules
{
    private const int MaxKindLength = 63;

    // The numbers that a field can have; those in between belong to the wire format's own use.
    private const uint MaxNumber = (1 << 29) - 1;
    private const uint FirstReserved = 19_000;
    private const uint LastReserved = 19_999;

    private static readonly SearchValues<char> KindCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>Returns everything that is wrong with a flow's kinds.</summary>
    public static IEnumerable<FieldViolation> Check(AgreementFlow flow, string path, RecordKinds kinds)
    {
        if (flow.Kinds.Count == 0)
        {
            yield return new($"{path}.kinds", "List the kinds that flow, or leave the flow out.");
        }

        for (var i = 0; i < flow.Kinds.Count; i++)
        {
            var rule = flow.Kinds[i];
            var at = $"{path}.kinds[{i}]";
            if (rule.Kind.Length is 0 or > MaxKindLength || rule.Kind.AsSpan().ContainsAnyExcept(KindCharacters))
            {
                yield return new($"{at}.kind", $"A kind has 1 to {MaxKindLength} characters of a-z, 0-9 and _.");
            }

            if (kinds.Find(rule.Kind) is { StaysHome: true })
            {
                yield return new($"{at}.kind", $"A {rule.Kind} never leaves the node that wrote it. Leave it out.");
            }

            if (flow.Kinds.Take(i).Any(other => other.Kind == rule.Kind))
            {
                yield return new($"{at}.kind", $"'{rule.Kind}' is listed already.");
            }

            if (rule.Gate == Gate.Unspecified || !Enum.IsDefined(rule.Gate))
            {
                yield return new($"{at}.gate", "Say which records: GATE_ALL, GATE_NAMED_IN_PLACEMENT or GATE_PARTY.");
            }

            foreach (var violation in CheckFields(rule.Fields, kinds.Find(rule.Kind)?.Descriptor, at))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckFields(
        RepeatedField<FieldRule> fields, MessageDescriptor? message, string path)
    {
        if (fields.Count == 0)
        {
            yield return new($"{path}.fields", "List the fields that flow.");
        }

        for (var i = 0; i < fields.Count; i++)
        {
            var rule = fields[i];
            var at = $"{path}.fields[{i}]";
            if (rule.Number is 0 or > MaxNumber or (>= FirstReserved and <= LastReserved))
            {
                yield return new($"{at}.number", $"{rule.Number} can't be a field's number.");
            }

            if (fields.Take(i).Any(other => other.Number == rule.Number))
            {
                yield return new($"{at}.number", $"Field {rule.Number} is listed already.");
            }

            foreach (var violation in CheckField(rule, message?.FindFieldByNumber((int)rule.Number), at))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckField(FieldRule rule, FieldDescriptor? field, string path)
    {
        var isMessage = field is { FieldType: FieldType.Message or FieldType.Group };
        if (!Enum.IsDefined(rule.Mask))
        {
            yield return new($"{path}.mask", "This version doesn't know the mask and can't hide the field as agreed.");
        }

        if (rule.Mask != Mask.Unspecified && rule.Fields.Count > 0)
        {
            yield return new($"{path}.mask", "A mask hides a text, which has no fields.");
        }
        else if (rule.Mask != Mask.Unspecified && field is not (null or { FieldType: FieldType.String }))
        {
            yield return new($"{path}.mask", $"'{field.Name}' is no text and can't be masked.");
        }

        if (rule.Fields.Count > 0 && field is not null && !isMessage)
        {
            yield return new($"{path}.fields", $"'{field.Name}' is no message and has no fields.");
        }

        if (isMessage || rule.Fields.Count > 0)
        {
            foreach (var violation in CheckFields(rule.Fields, isMessage ? field!.MessageType : null, path))
            {
                yield return violation;
            }
        }
    }
}
