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

    private const string OtherId = "019a0000-0000-7000-8000-0000000000ab";

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

    /// <summary>The paths of the fields that must be mended in a sample of a kind after a change.</summary>
    /// <param name="kind">The kind's name.</param>
    /// <param name="change">
    /// Names of fields to clear, each behind a minus, and then JSON that is merged into the sample. In it,
    /// <c>@2026-03-02</c> stands for a date and <c>@id</c> for the id of another record.
    /// </param>
    public static string FieldsAfter(string kind, string change)
    {
        var sample = SampleRecords.Of(Kinds.Find(kind)!);
        Assert.Empty(Of(sample));
        while (change.StartsWith('-'))
        {
            var end = change.IndexOf(' ', StringComparison.Ordinal);
            var name = end < 0 ? change[1..] : change[1..end];
            sample.Descriptor.FindFieldByName(name).Accessor.Clear(sample);
            change = end < 0 ? "" : change[(end + 1)..];
        }

        var dated = DateWord().Replace(change, """{"year":$1,"month":$2,"day":$3}""");
        var json = change.Length == 0 ? "{}" : dated.Replace("@id", $"\"{OtherId}\"", StringComparison.Ordinal);
        sample.MergeFrom(JsonParser.Default.Parse(json, sample.Descriptor).ToByteString());
        return string.Join(' ', Of(sample).Select(violation => violation.Field));
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

    [GeneratedRegex("@([0-9]{4})-0?([0-9]{1,2})-0?([0-9]{1,2})")]
    private static partial Regex DateWord();

    [GeneratedRegex(@"\[[0-9]+\]$")]
    private static partial Regex Index();
}
