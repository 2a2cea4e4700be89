using System.Text.RegularExpressions;
using Xunit;

namespace Exchange.Node.Tests.Architecture;

/// <summary>That the documents lead where they say.</summary>
public sealed partial class DocumentLinkTests
{
    private static readonly string[] Documents =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "src/standins/README.md"];

    [Fact]
    public void Every_relative_link_leads_to_a_file()
    {
        var all = Documents.Concat(Directory
            .EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(SourceTree.Root, path)));

        Assert.Empty(all.SelectMany(document => Broken(document, SourceTree.Text(document))));
    }

    [Fact]
    public void A_link_to_nothing_is_found()
    {
        const string Text =
            "[a](ARCHITECTURE.md) [b](../README.md#try-it) [c](https://x/y.md) [d](#here) [e](gone.md)\n"
            + "```\n[f](code.md)\n```\n`[g](code.md)`";

        Assert.Equal(["docs/x.md: gone.md"], Broken("docs/x.md", Text));
    }

    private static IEnumerable<string> Broken(string document, string text)
    {
        var folder = Path.Combine(SourceTree.Root, Path.GetDirectoryName(document)!);
        return Link().Matches(Code().Replace(text, ""))
            .Select(link => link.Groups[1].Value)
            .Where(target => !Elsewhere().IsMatch(target))
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])))
            .Select(target => $"{document}: {target}");
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    // What stands in code is shown, not linked.
    [GeneratedRegex("```.*?```|`[^`\n]*`", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^(#|\w+:)")]
    private static partial Regex Elsewhere();
}
