using System.Globalization;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Disclosures;

/// <summary>Names the fields that a projection carries, from the very plan that makes the views.</summary>
internal static class DisclosedFields
{
    /// <summary>The fields of a kind's message.</summary>
    /// <param name="plan">What may flow.</param>
    /// <param name="message">The message; null for a kind that this version doesn't know.</param>
    public static IEnumerable<DisclosedField> Of(FieldPlan plan, MessageDescriptor? message) =>
        Of(plan, message, prefix: "");

    private static IEnumerable<DisclosedField> Of(FieldPlan plan, MessageDescriptor? message, string prefix)
    {
        foreach (var (number, step) in plan.Carried)
        {
            var field = message?.FindFieldByNumber(number);
            var path = prefix + (field?.Name ?? number.ToString(CultureInfo.InvariantCulture));
            var fields = step.Nested is { } nested
                ? Of(nested, field?.MessageType, path + ".")
                : [new DisclosedField { Path = path, Mask = step.Mask }];
            foreach (var carried in fields)
            {
                yield return carried;
            }
        }
    }
}
