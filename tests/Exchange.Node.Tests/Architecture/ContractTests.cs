using System.Text.RegularExpressions;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Architecture;

/// <summary>The contract's own rules: everything is commented, and every error reason is used.</summary>
public sealed partial class ContractTests
{
    [Fact]
    public void Every_element_of_the_contract_has_a_comment()
    {
        var offenders = Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "protos"), "*.proto", SearchOption.AllDirectories)
            .SelectMany(Uncommented);

        Assert.Empty(offenders);
    }

    [Fact]
    public void Uncommented_elements_are_found()
    {
        string[] proto = ["// A message.", "message A {", "  // A field.", "  string a = 1;", "  string b = 2;", "}"];

        Assert.Equal(["x:5: string b = 2;"], Uncommented("x", proto));
    }

    [Fact]
    public void Every_error_reason_is_given_somewhere()
    {
        var source = string.Concat(SourceTree.CSharpFiles("src").Select(SourceTree.Text));

        var unused = Enum.GetValues<ErrorReason>()
            .Where(reason => reason != ErrorReason.Unspecified)
            .Where(reason => !source.Contains($"ErrorReason.{reason}", StringComparison.Ordinal));

        Assert.Empty(unused);
    }

    [Fact]
    public void Every_error_reason_shows_its_error_info()
    {
        var comments = SourceTree.Text("protos/exchange/v1/error.proto");
        var reasons = ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>("ErrorReason").Values;

        var undocumented = reasons.Where(reason => reason.Number != 0)
            .Where(reason => !comments.Contains($"\"reason\": \"{reason.Name}\"", StringComparison.Ordinal));

        Assert.Empty(undocumented);
    }

    private static IEnumerable<string> Uncommented(string path) =>
        Uncommented(Path.GetFileName(path), File.ReadAllLines(path));

    private static IEnumerable<string> Uncommented(string name, string[] lines) =>
        lines.Select((line, index) => (line, index))
            .Where(entry => Element().IsMatch(entry.line))
            .Where(entry => entry.index == 0 || !lines[entry.index - 1].TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Select(entry => $"{name}:{entry.index + 1}: {entry.line.Trim()}");

    [GeneratedRegex(@"^\s*((message|enum|service|rpc|oneof)\s|(repeated |optional )?[\w.<>, ]+ \w+ = \d+|[A-Z][A-Z0-9_]+ = \d+)")]
    private static partial Regex Element();
}
