using Exchange.Cli;
using Exchange.Cli.Docs;
using Exchange.Node.Tests.Architecture;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary>The committed reference is what the code says.</summary>
public sealed class ReferencePagesTests
{
    [Theory]
    [InlineData("api.md")]
    [InlineData("cli.md")]
    [InlineData("config.md")]
    [InlineData("errors.md")]
    [InlineData("placement-states.md")]
    public void The_committed_page_is_the_one_that_the_code_prints(string page)
    {
        var printed = ReferencePages.Write(ExchangeCommands.Root(new CommandRun().Environment))[page];

        Assert.True(
            SourceTree.Text($"docs/reference/{page}") == printed,
            $"docs/reference/{page} is out of date. Run: dotnet run --project src/Exchange.Cli -- docs --out "
            + "docs/reference");
    }
}
