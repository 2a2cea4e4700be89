using System.Globalization;
using Spectre.Console;

namespace Exchange.Cli.Demo;

/// <summary>The demo's last words: a table of both nodes, the figures, and what was checked.</summary>
internal static class DemoText
{
    public static void Write(DemoReport report, TextWriter output, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal)
        {
            console.Profile.Width = 110;
        }

        console.WriteLine();
        if (report.Nodes.Count > 0)
        {
            console.Write(Nodes(report));
            console.WriteLine(Figures(report));
        }

        console.Write(Checks(report));
        console.MarkupLineInterpolated(report.Ok
            ? (FormattableString)$"[green]Everything held[/] after {report.Seconds:0.0} s. Nothing is left running."
            : $"[red]Something didn't hold[/] after {report.Seconds:0.0} s; the marked lines say what.");
    }

    private static Table Nodes(DemoReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("");
        foreach (var node in report.Nodes)
        {
            table.AddColumn(new TableColumn(Markup.Escape(node.Node)).RightAligned());
        }

        Row("engine", node => node.Engine);
        Row("feed position", node => Number((long)node.Position));
        var kinds = report.Nodes.SelectMany(node => node.Records.Keys).Distinct().Order(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            Row(kind, node => Number(node.Records.GetValueOrDefault(kind)));
        }

        Row("digest of what it gave", node => Digest(node.GivenDigest));
        Row("digest of what it holds", node => Digest(node.HeldDigest));
        return table;

        void Row(string name, Func<DemoNode, string> cell) =>
            table.AddRow([Markup.Escape(name), .. report.Nodes.Select(node => Markup.Escape(cell(node)))]);
    }

    private static string Figures(DemoReport report) =>
        $"{Number((long)report.Sessions)} sessions ({Number((long)report.Resumed)} resumed), "
        + $"{Number((long)report.Changes)} changes. Vacancies: {Number(report.Published)} published, "
        + $"{Number(report.Rejected)} rejected, {Number(report.Received)} received. Workers: {Number(report.Withheld)} "
        + $"of {Number(report.Workers)} withheld, {Number(report.Crossed)} crossed masked, {Number(report.Placed)} "
        + $"placed. Published to seen on the other node: p50 {report.PublishToSeen.P50Ms} ms, p99 "
        + $"{report.PublishToSeen.P99Ms} ms.";

    private static Table Checks(DemoReport report)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumn("held").AddColumn("claim").AddColumn("seen");
        foreach (var check in report.Checks)
        {
            table.AddRow(
                new Markup(check.Ok ? "[green]yes[/]" : "[red]NO[/]"), new Text(check.Claim), new Text(check.Seen));
        }

        return table;
    }

    private static string Digest(string? digest) => digest?[..12] ?? "none";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
