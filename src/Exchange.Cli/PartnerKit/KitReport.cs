using System.Globalization;
using System.Xml.Linq;
using Spectre.Console;

namespace Exchange.Cli.PartnerKit;

/// <summary>What a run found.</summary>
/// <param name="Partner">The partner's node id.</param>
/// <param name="Address">Where it was called.</param>
/// <param name="Kept">Promises that are kept.</param>
/// <param name="Broken">Promises that aren't.</param>
/// <param name="Untested">Promises that couldn't be looked at.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Promises">Each of them.</param>
internal sealed record KitReport(
    string Partner,
    string Address,
    int Kept,
    int Broken,
    int Untested,
    double Seconds,
    IReadOnlyList<PromiseReport> Promises)
{
    private const int PlainWidth = 120;

    /// <summary>Counts what was found.</summary>
    public static KitReport Of(
        string partner, string address, TimeSpan took, IReadOnlyList<PromiseReport> promises) => new(
        partner,
        address,
        promises.Count(one => one.Verdict == Verdict.Kept),
        promises.Count(one => one.Verdict == Verdict.Broken),
        promises.Count(one => one.Verdict == Verdict.Untested),
        Math.Round(took.TotalSeconds, 1),
        promises);

    /// <summary>Writes a table, and behind it what is wrong.</summary>
    public void Write(TextWriter output, bool isTerminal)
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
            console.Profile.Width = PlainWidth;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumn("promise").AddColumn("").AddColumn("what came");
        foreach (var one in Promises)
        {
            var word = one.Verdict switch
            {
                Verdict.Kept => "[green]kept[/]",
                Verdict.Broken => "[red]BROKEN[/]",
                _ => "[yellow]not tested[/]",
            };
            table.AddRow(new Text(one.Id), new Markup(word), new Text(one.Came));
        }

        console.Write(table);
        foreach (var one in Promises.Where(one => one.Verdict == Verdict.Broken))
        {
            output.WriteLine($"{one.Id}: {one.Promise}.");
            output.WriteLine($"  sent      {one.Sent}");
            output.WriteLine($"  expected  {one.Expected}");
            output.WriteLine($"  came      {one.Came}");
            output.WriteLine($"  read      {one.Read}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Partner} at {Address}: {Kept} kept, {Broken} broken, {Untested} not tested, after {Seconds:0.0} s."));
    }

    /// <summary>The same as JUnit reports it, for the partner's own build.</summary>
    public XDocument ToJUnit() => new(new XElement(
        "testsuites",
        new XElement(
            "testsuite",
            new XAttribute("name", $"exchange check-partner {Partner}"),
            new XAttribute("tests", Promises.Count),
            new XAttribute("failures", Broken),
            new XAttribute("errors", 0),
            new XAttribute("skipped", Untested),
            new XAttribute("time", Seconds),
            Promises.Select(ToCase))));

    private static XElement ToCase(PromiseReport one)
    {
        var found = new XElement(
            "testcase",
            new XAttribute("classname", one.Id[..one.Id.IndexOf('.', StringComparison.Ordinal)]),
            new XAttribute("name", one.Id),
            new XAttribute("time", one.Seconds));
        var text = $"{one.Promise}.\nsent: {one.Sent}\nexpected: {one.Expected}\ncame: {one.Came}\nread: {one.Read}";
        switch (one.Verdict)
        {
            case Verdict.Broken:
                found.Add(new XElement("failure", new XAttribute("message", one.Came), text));
                break;
            case Verdict.Untested:
                found.Add(new XElement("skipped", new XAttribute("message", one.Came)));
                break;
            default:
                found.Add(new XElement("system-out", text));
                break;
        }

        return found;
    }
}
