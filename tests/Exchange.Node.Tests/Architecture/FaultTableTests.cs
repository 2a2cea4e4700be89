using Exchange.Node.Errors;
using Exchange.Node.Reports;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Architecture;

/// <summary>
/// Every reason says whose fault it is. A new one needs a line in <see cref="FaultTable"/> and the same in the table of
/// docs/operating/morning-report.md.
/// </summary>
public sealed class FaultTableTests
{
    private const string Page = "docs/operating/morning-report.md";

    [Fact]
    public void Every_error_reason_has_a_rule()
    {
        var unclassified = Reasons().Where(reason => !FaultTable.Rules.ContainsKey(reason));

        Assert.Empty(unclassified);
    }

    [Fact]
    public void The_page_shows_the_table_as_it_is()
    {
        var page = SourceTree.Text(Page);

        var missing = Reasons().Select(Row).Where(row => !page.Contains(row, StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static IEnumerable<ErrorReason> Reasons() =>
        Enum.GetValues<ErrorReason>().Where(reason => reason != ErrorReason.Unspecified);

    private static string Row(ErrorReason reason)
    {
        var rule = FaultTable.Rules.GetValueOrDefault(reason);
        return $"| `{ErrorStatus.WireName(reason)["ERROR_REASON_".Length..]}` | {Words(rule)} |";
    }

    private static string Words(FaultRule rule) => rule switch
    {
        FaultRule.Finder => "whoever found it",
        FaultRule.Other => "the other side",
        FaultRule.Line => "the line",
        _ => "the agreement",
    };
}
