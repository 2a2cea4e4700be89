using System.Globalization;
using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Imports.Mapping;

/// <summary>Resolves paths in proto names against a kind's message.</summary>
internal sealed partial class FieldPaths(MessageDescriptor root, MessageSlots slots)
{
    /// <summary>Finds the field at a path, or says why there is none.</summary>
    public FieldTarget? Resolve(string path, out string? problem)
    {
        var message = root;
        var slot = 0;
        var elements = new List<int>();
        var steps = path.Split('.');
        for (var i = 0; i < steps.Length; i++)
        {
            if (Step(message, steps[i], out var element, out problem) is not { } field)
            {
                return null;
            }

            if (field.IsRepeated)
            {
                elements.Add(element);
            }

            if (i == steps.Length - 1)
            {
                return new FieldTarget(path, field, slot, elements);
            }

            if (field.FieldType != FieldType.Message)
            {
                problem = $"'{field.Name}' has no fields of its own";
                return null;
            }

            slot = slots.Add(slot, field, element);
            message = field.MessageType;
        }

        problem = "it is empty";
        return null;
    }

    private static FieldDescriptor? Step(MessageDescriptor message, string step, out int element, out string? problem)
    {
        element = 0;
        problem = null;
        var match = StepForm().Match(step);
        if (!match.Success || message.FindFieldByName(match.Groups[1].Value) is not { IsMap: false } field)
        {
            var names = message.Fields.InDeclarationOrder().Select(f => f.Name);
            problem = $"{message.Name} has no field '{step}'; it has {string.Join(", ", names)}";
            return null;
        }

        var indexed = match.Groups[2].Success;
        if (field.IsRepeated != indexed)
        {
            problem = indexed
                ? $"'{field.Name}' isn't repeated: leave [...] out"
                : $"'{field.Name}' is repeated: write {field.Name}[0]";
            return null;
        }

        element = indexed ? int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture) : 0;
        return field;
    }

    [GeneratedRegex(@"^([a-z][a-z0-9_]*)(?:\[([0-9]{1,2})\])?$")]
    private static partial Regex StepForm();
}
