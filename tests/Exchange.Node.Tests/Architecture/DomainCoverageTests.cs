using System.Text.RegularExpressions;
using Exchange.Node.Records;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Architecture;

/// <summary>The table of what the node serves names only what is there, and leaves no row out.</summary>
public sealed partial class DomainCoverageTests
{
    private static readonly string[][] Rows =
    [
        .. SourceTree.Lines("docs/domain-coverage.md").Where(line => line.StartsWith("| F", StringComparison.Ordinal))
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray()),
    ];

    [Fact]
    public void Every_row_is_there_once()
    {
        var expected = Enumerable.Range(1, 94).Select(number => $"F{number:D2}").Append("F43b").Append("F48b");

        Assert.Equal(expected.Order(StringComparer.Ordinal), Rows.Select(row => row[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_row_says_how_it_stands_and_why_it_is_no_better() => Assert.All(Rows, row =>
    {
        Assert.Equal(8, row.Length);
        Assert.Contains(row[6], new[] { "there", "weaker", "missing" });
        Assert.True(row[6] == "there" ? row[5].Length > 0 : row[7].Length > 0, $"{row[0]} lacks a test or a reason.");
    });

    [Fact]
    public void What_a_row_names_exists()
    {
        var files = new RecordKinds().All.Select(kind => kind.Descriptor.File)
            .Concat(Hosting()).SelectMany(file => file.Dependencies.Prepend(file)).DistinctBy(file => file.Name).ToList();
        var messages = files.SelectMany(file => file.MessageTypes).Select(message => message.Name).ToHashSet();
        var rpcs = files.SelectMany(file => file.Services)
            .SelectMany(service => service.Methods.Select(method => $"{service.Name}.{method.Name}")).ToHashSet();
        var tests = typeof(DomainCoverageTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        var commands = SourceTree.Text("docs/reference/cli.md");

        Assert.All(Rows, row =>
        {
            Assert.All(Names(row[2]), name => Assert.Contains(name, messages));
            Assert.All(Names(row[3]), name => Assert.Contains(name, rpcs));
            Assert.All(Names(row[4]), name => Assert.Contains(name, commands, StringComparison.Ordinal));
            Assert.All(Names(row[5]), name => Assert.Contains(name, tests));
        });
    }

    [Fact]
    public void Every_kind_serves_some_row()
    {
        var named = Rows.SelectMany(row => Names(row[2])).ToHashSet();

        Assert.All(
            new RecordKinds().All.Where(kind => kind.Name is not "vacancy_quota"),
            kind => Assert.Contains(kind.Descriptor.Name, named));
    }

    private static IEnumerable<FileDescriptor> Hosting() => Exchange.Node.Hosting.NodeContract.Files;

    private static IEnumerable<string> Names(string cell) => Quoted().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
