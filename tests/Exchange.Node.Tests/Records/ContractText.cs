using Exchange.Node.Tests.Architecture;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>The contract's comments, which clients read and the generated code doesn't carry.</summary>
internal static class ContractText
{
    /// <summary>The comment of a field.</summary>
    public static string Comment(FieldDescriptor field)
    {
        var type = field.FieldType switch
        {
            FieldType.Message when field.MessageType.File.Package == field.File.Package => field.MessageType.Name,
            FieldType.Message => field.MessageType.FullName,
            FieldType.Enum => field.EnumType.Name,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
        return Comment(
            field.File, $"message {field.ContainingType.Name} {{", $"{type} {field.Name} = {field.FieldNumber};");
    }

    /// <summary>The comment block right above a line of a message or enum, as one line.</summary>
    public static string Comment(FileDescriptor file, string type, string line)
    {
        var lines = SourceTree.Lines($"protos/{file.Name}");
        var at = Array.FindIndex(
            lines,
            Math.Max(0, Array.IndexOf(lines, type)),
            text => text.Trim().Replace("repeated ", "", StringComparison.Ordinal) == line);
        Assert.True(at > 0, $"{file.Name} has no line '{line}' in '{type}'.");
        var comment = lines[..at].Reverse().TakeWhile(text => text.Trim().StartsWith("//", StringComparison.Ordinal));
        return string.Join(' ', comment.Reverse().Select(text => text.Trim().TrimStart('/').Trim()));
    }
}
