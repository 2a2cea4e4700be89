using System.Text.Json;
using Exchange.Cli;
using Exchange.Node.JsonDoor;
using Exchange.Node.Tests.Cli;
using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Reporting;

/// <summary>The commands below <c>exchange report</c>, on a node that runs.</summary>
public sealed class FigureCommandTests : IAsyncLifetime
{
    private const string Weixin = "530629";

    private TestNode _node = null!;
    private PlacedWorker _placed = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync("zhaotong");
        _placed = await PlacedWorker.PutAsync(_node);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_figure_is_printed_with_its_rate_and_its_parts()
    {
        var output = await RunAsync(
            "report", "figures", "--measure", "transferred", "--area", Weixin, "--period", "2018",
            "--against", "labour", "--by", "destination");

        Assert.Equal(
            [
                $"Transferred Persons {Weixin}: 1 of 1, 100.00 %",
                "    DESTINATION_CLASS_OUT_OF_PROVINCE : 1",
                "    unclassified: 0",
            ],
            Lines(output));
    }

    [Fact]
    public async Task Income_is_so_much_a_head()
    {
        await _placed.HappenAsync(PlacementEventType.ChangedJob, Samples.Date(2018, 5, 10), pay: 450_000);

        var output = await RunAsync(
            "report", "figures", "--measure", "income", "--counting", "fen", "--period", "2018", "--as-of", "2018-08-10",
            "--against", "transferred");

        Assert.Equal("Income Fen : 1350000 for 1, 13500.00 yuan each", Lines(output)[0]);
        Assert.Contains("1 stretches of work state no monthly pay", Lines(output)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_records_behind_a_figure_and_behind_its_parts_are_listed()
    {
        string[] question =
        [
            "report", "records", "--measure", "transferred", "--area", Weixin, "--period", "2018", "--by", "destination",
        ];

        var all = await RunAsync(question);
        var inside = await RunAsync([.. question, "--part", "DESTINATION_CLASS_IN_PROVINCE"]);

        Assert.Matches("^placement_event [0-9a-f-]{36}$", Assert.Single(Lines(all)));
        Assert.Empty(inside);
    }

    [Fact]
    public async Task The_county_report_and_the_households_are_printed()
    {
        await _placed.PutAsync(
            "household", new Household { HeadName = "王大山", Place = Samples.Place(Weixin, "威信县") });

        var report = await RunAsync("report", "county", Weixin, "--period", "2018", "--partner", "4419");
        var households = await RunAsync("report", "households", Weixin);

        Assert.Contains("2018年转移就业建档立卡贫困劳动力1人", report, StringComparison.Ordinal);
        Assert.Equal("0 households.\n", households);
    }

    [Fact]
    public async Task Targets_say_how_far_they_are_met()
    {
        await _placed.PutAsync("target", new Target
        {
            Title = "2018年目标",
            Place = Samples.Place(Weixin, "威信县"),
            Measure = Measure.Transferred,
            Counting = Counting.Persons,
            FromDate = Samples.Date(2018, 1, 1),
            ToDate = Samples.Date(2018, 12, 31),
            Number = 3,
        });

        var all = await RunAsync("report", "targets", "5306");
        var other = await RunAsync("report", "targets", "5306", "--year", "2017");

        Assert.Equal($"Transferred Persons {Weixin}: 1 of 3, 33.33 %\n", all);
        Assert.Empty(other);
    }

    [Theory]
    [InlineData("9.48万", "2.84万 4.9万 1.7万", ReconcileVerdict.WithinRounding, ExitCode.Ok)]
    [InlineData("85", "13 56 9", ReconcileVerdict.Conflict, ExitCode.Failed)]
    public async Task Printed_numbers_are_held_against_each_other(
        string figure, string others, ReconcileVerdict verdict, int exit)
    {
        var run = new CommandRun { Node = _node.Channel };

        Assert.Equal(exit, await run.RunAsync(["report", "reconcile", figure, .. others.Split(' ')]));
        Assert.Equal($"{verdict}", Lines(run.Output)[0]);
    }

    [Fact]
    public async Task A_report_is_published_from_a_file_and_shown_with_what_is_counted_now()
    {
        using var folder = new TemporaryDirectory();
        var file = Path.Combine(folder.Path, "request.json");
        var request = new PublishReportRequest
        {
            Place = Samples.Place(Weixin, "威信县"),
            Title = "2018年就业扶贫情况",
            Questions =
            {
                new FigureQuestion { Scope = Scopes.Of(Measure.Transferred, Counting.Persons, Weixin, 2018) },
            },
            SignedOffBy = "威信县人力资源和社会保障局",
        };
        await File.WriteAllTextAsync(file, ContractJson.Line(request));

        var made = JsonDocument.Parse(await RunAsync("report", "publish", file, "--json"));
        var shown = Lines(await RunAsync("report", "show", made.RootElement.GetProperty("id").GetString()!));

        Assert.EndsWith("on zhaotong: the signature is good.", shown[0], StringComparison.Ordinal);
        Assert.StartsWith("    here: 1, Ok.", shown[2], StringComparison.Ordinal);
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string> RunAsync(params string[] arguments)
    {
        var run = new CommandRun { Node = _node.Channel };
        var exit = await run.RunAsync(arguments);
        Assert.True(exit == ExitCode.Ok, run.Error);
        return run.Output;
    }
}
