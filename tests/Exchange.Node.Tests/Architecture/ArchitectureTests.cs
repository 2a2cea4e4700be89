using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Exchange.Node.Tests.Architecture;

/// <summary>The rules of the house that a machine can check.</summary>
public sealed partial class ArchitectureTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 60;
    private const int MaxSourceLineLength = 120;
    private const int MaxTestLineLength = 130;

    // Who may know whom. Read it top to bottom; an arrow upwards is a mistake.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Exchange.Cli"] = ["Exchange.Node", "Exchange.Store", "Exchange.Store.Postgres", "Exchange.Contracts"],
        ["Exchange.Node"] = ["Exchange.Store", "Exchange.Contracts"],
        ["Exchange.Store.Postgres"] = ["Exchange.Store"],
        ["Exchange.Store"] = [],
        ["Exchange.Contracts"] = [],
    };

    [Fact]
    public void Projects_know_only_those_below_them()
    {
        foreach (var (project, allowed) in Allowed)
        {
            var file = Path.Combine(SourceTree.Root, "src", project, project + ".csproj");
            if (!File.Exists(file))
            {
                Assert.Equal("Exchange.Store.Postgres", project);
                continue;
            }

            var known = XDocument.Load(file).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value))
                .Where(name => !name.StartsWith("Grpc.", StringComparison.Ordinal));

            Assert.Empty(known.Except(allowed));
        }
    }

    [Fact]
    public void End_to_end_tests_reference_no_source_assembly()
    {
        var file = Path.Combine(SourceTree.Root, "tests/Exchange.EndToEnd.Tests/Exchange.EndToEnd.Tests.csproj");

        var referenced = XDocument.Load(file).Descendants("ProjectReference")
            .Where(reference => reference.Attribute("ReferenceOutputAssembly")?.Value != "false");

        Assert.Empty(referenced);
    }

    [Fact]
    public void The_store_names_no_message_type()
    {
        var offenders = SourceTree.CSharpFiles("src/Exchange.Store")
            .Where(path => MessageTypes().IsMatch(SourceTree.Text(path)));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Only_build_files_know_of_the_switches()
    {
        var offenders = SourceTree.CSharpFiles("src")
            .Where(path => SourceTree.Text(path).Contains("#if", StringComparison.Ordinal));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Files_are_one_subject_long()
    {
        var offenders = SourceTree.CSharpFiles("src", "tests")
            .Select(path => (path, lines: SourceTree.Lines(path).Length))
            .Where(file => file.lines > MaxFileLines);

        Assert.Empty(offenders);
    }

    [Fact]
    public void Lines_fit_on_a_screen()
    {
        Assert.Empty(TooLong("src", MaxSourceLineLength).Concat(TooLong("tests", MaxTestLineLength)));
    }

    [Fact]
    public void Methods_are_read_at_a_glance()
    {
        var offenders = SourceTree.CSharpFiles("src", "tests").SelectMany(path =>
            Parse(path).DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
                .Select(method => (path, name: Name(method), lines: Length(method)))
                .Where(method => method.lines > MaxMethodLines));

        Assert.Empty(offenders);
    }

    // The stand-ins' tests are left out: the gRPC API itself takes deadlines as wall time.
    [Fact]
    public void Time_comes_from_a_time_provider()
    {
        var offenders = SourceTree.CSharpFiles("src", "tests").Where(IsNoStandin).SelectMany(path =>
            Parse(path).DescendantNodes().OfType<MemberAccessExpressionSyntax>()
                .Where(access => WallClock().IsMatch(access.ToString()))
                .Select(access => $"{path}: {access}"));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Nobody_sleeps_without_a_time_provider()
    {
        var offenders = SourceTree.CSharpFiles("src", "tests").SelectMany(path =>
            Parse(path).DescendantNodes().OfType<InvocationExpressionSyntax>()
                .Where(call => Sleeps(call))
                .Select(call => $"{path}: {call}"));

        Assert.Empty(offenders);
    }

    [Fact]
    public void Every_test_name_is_a_sentence()
    {
        var offenders = SourceTree.CSharpFiles("tests").SelectMany(path =>
            Parse(path).DescendantNodes().OfType<MethodDeclarationSyntax>()
                .Where(method => method.AttributeLists.SelectMany(list => list.Attributes)
                    .Any(attribute => attribute.Name.ToString() is "Fact" or "Theory" or "SkippableFact" or "SkippableTheory"))
                .Where(method => !method.Identifier.Text.Contains('_', StringComparison.Ordinal))
                .Select(method => $"{path}: {method.Identifier.Text}"));

        Assert.Empty(offenders);
    }

    private static IEnumerable<string> TooLong(string folder, int max) =>
        SourceTree.CSharpFiles(folder).SelectMany(path => SourceTree.Lines(path)
            .Select((line, index) => (Text: $"{path}:{index + 1}", line.Length))
            .Where(line => line.Length > max)
            .Select(line => line.Text));

    // With a time provider, Task.Delay has an argument more than the delay and the token.
    private static bool Sleeps(InvocationExpressionSyntax call)
    {
        var target = call.Expression.ToString();
        if (target == "Thread.Sleep")
        {
            return true;
        }

        return target == "Task.Delay"
            && call.ArgumentList.Arguments[0].ToString() is not ("Timeout.Infinite" or "Timeout.InfiniteTimeSpan")
            && !call.ArgumentList.Arguments.Any(argument => TimeArgument().IsMatch(argument.ToString()));
    }

    private static bool IsNoStandin(string path) => !path.Contains("Standins", StringComparison.Ordinal);

    private static CompilationUnitSyntax Parse(string path) =>
        CSharpSyntaxTree.ParseText(SourceTree.Text(path)).GetCompilationUnitRoot();

    private static string Name(BaseMethodDeclarationSyntax method) =>
        method is MethodDeclarationSyntax named ? named.Identifier.Text : method.GetType().Name;

    private static int Length(BaseMethodDeclarationSyntax method)
    {
        var span = method.SyntaxTree.GetLineSpan(method.Span);
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    [GeneratedRegex(@"\bExchange\.V1\b|\bGoogle\.Protobuf\b|\bGrpc\.")]
    private static partial Regex MessageTypes();

    [GeneratedRegex(@"^(System\.)?(DateTime|DateTimeOffset)\.(Now|UtcNow|Today)$")]
    private static partial Regex WallClock();

    [GeneratedRegex(@"\btime(Provider)?\b|\b_time\b|TimeProvider\.", RegexOptions.IgnoreCase)]
    private static partial Regex TimeArgument();
}
