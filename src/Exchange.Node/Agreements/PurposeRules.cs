using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.Collections;

namespace Exchange.Node.Agreements;

/// <summary>
/// What the flows of one direction must keep to beside each other: each has a purpose and a projection of its own, and
/// together they say of each field one thing.
/// </summary>
internal static class PurposeRules
{
    /// <summary>The most flows of one direction.</summary>
    public const int MaxPurposes = 8;

    /// <summary>Returns what is wrong with a flow beside those before it.</summary>
    public static IEnumerable<FieldViolation> Check(Agreement agreement, int index, string path)
    {
        var flow = agreement.Flows[index];
        var before = agreement.Flows.Take(index)
            .Where(other => other.FromNode == flow.FromNode && other.ToNode == flow.ToNode)
            .ToList();
        if (before.Count == MaxPurposes)
        {
            yield return new(path, $"There are {MaxPurposes} flows in this direction already; there can't be more.");
        }

        if (before.Exists(other => other.Purpose == flow.Purpose))
        {
            yield return new(
                $"{path}.purpose", "There is a flow in this direction for it already. Put everything into one.");
        }

        if (before.Exists(other => other.Profile == flow.Profile))
        {
            yield return new($"{path}.profile", "Each flow of a direction needs a projection name of its own.");
        }

        foreach (var (i, rule) in flow.Kinds.Index())
        {
            foreach (var other in before.SelectMany(other => other.Kinds).Where(other => other.Kind == rule.Kind))
            {
                foreach (var violation in CheckFields(rule.Fields, other.Fields, $"{path}.kinds[{i}]"))
                {
                    yield return violation;
                }
            }
        }
    }

    // Masked and whole go together: it is shown whole while the purpose holds that shows it so.
    private static IEnumerable<FieldViolation> CheckFields(
        RepeatedField<FieldRule> fields, RepeatedField<FieldRule> others, string path)
    {
        foreach (var (i, field) in fields.Index())
        {
            var at = $"{path}.fields[{i}]";
            if (others.FirstOrDefault(other => other.Number == field.Number) is not { } other)
            {
                continue;
            }

            var isHidden = field.Mask != Mask.Unspecified;
            var isHiddenThere = other.Mask != Mask.Unspecified;
            if ((isHidden && isHiddenThere && field.Mask != other.Mask)
                || (isHidden && other.Fields.Count > 0) || (isHiddenThere && field.Fields.Count > 0))
            {
                yield return new(
                    $"{at}.mask", "Another purpose hides the field in another way; together they would show too much.");
            }

            foreach (var violation in CheckFields(field.Fields, other.Fields, at))
            {
                yield return violation;
            }
        }
    }
}
