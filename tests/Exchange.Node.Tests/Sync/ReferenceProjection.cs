using Exchange.Node.Standards;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Tests.Sync;

/// <summary>
/// What a projection means, said slowly: by parsing, clearing what isn't listed, and serializing again.
/// </summary>
internal static class ReferenceProjection
{
    /// <summary>Returns the view; the message itself is changed.</summary>
    public static IMessage Apply(IMessage message, IEnumerable<FieldRule> rules)
    {
        var byNumber = rules.ToDictionary(rule => (int)rule.Number);
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (!byNumber.TryGetValue(field.FieldNumber, out var rule))
            {
                field.Accessor.Clear(message);
            }
            else if (field.FieldType == FieldType.Message)
            {
                ApplyToMessages(message, field, rule);
            }
            else if (rule.Mask != Mask.Unspecified)
            {
                field.Accessor.SetValue(message, Masks.Apply(rule.Mask, (string)field.Accessor.GetValue(message)));
            }
        }

        return message;
    }

    private static void ApplyToMessages(IMessage message, FieldDescriptor field, FieldRule rule)
    {
        if (rule.Fields.Count == 0)
        {
            field.Accessor.Clear(message);
        }
        else if (field.IsRepeated)
        {
            foreach (IMessage element in (System.Collections.IList)field.Accessor.GetValue(message))
            {
                Apply(element, rule.Fields);
            }
        }
        else if (field.Accessor.GetValue(message) is IMessage nested)
        {
            Apply(nested, rule.Fields);
        }
    }
}
