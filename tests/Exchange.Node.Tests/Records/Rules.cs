using System.Text.RegularExpressions;
using Exchange.Node.Records;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>Asks a kind what it objects to.</summary>
internal static partial class Rules
{
    public static RuleContext Context { get; } = new(new DateOnly(2026, 3, 1), TestNode: false, "zhaotong");

    private static readonly RecordKinds Kinds = new();

    /// <summary>What must be mended; each path is one that the message has, and each text a sentence.</summary>
    public static IReadOnlyList<FieldViolation> Of(IMessage payload, RuleContext? context = null)
    {
        var violations = Kinds.FindByDescriptor(payload.Descriptor)!.Check(payload, context ?? Context).ToList();
        Assert.All(violations, violation =>
        {
            Assert.True(Exists(payload.Descriptor, violation.Field), $"No field {violation.Field}.");
            Assert.Matches("^[A-Z].*\\.$", violation.Description);
        });
        return violations;
    }

    /// <summary>The paths of the fields that must be mended after a change to a sample.</summary>
    public static string Fields<T>(T sample, Action<T> change, RuleContext? context = null)
        where T : IMessage<T>
    {
        Assert.Empty(Of(sample, context));
        change(sample);
        return string.Join(' ', Of(sample, context).Select(violation => violation.Field));
    }

    private static bool Exists(MessageDescriptor? message, string path)
    {
        foreach (var part in path.Split('.'))
        {
            var name = Index().Replace(part, "");
            if (message?.FindFieldByName(name) is not { } field || (part != name && !field.IsRepeated))
            {
                return false;
            }

            message = field.FieldType == FieldType.Message ? field.MessageType : null;
        }

        return true;
    }

    [GeneratedRegex(@"\[[0-9]+\]$")]
    private static partial Regex Index();
}
