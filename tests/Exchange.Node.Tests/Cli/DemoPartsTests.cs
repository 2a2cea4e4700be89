using Exchange.Cli;
using Exchange.Cli.Demo;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary>The parts of <c>exchange demo</c> that judge, each of which must be able to say no.</summary>
public sealed class DemoPartsTests
{
    private static readonly Worker Whole = new()
    {
        Name = "王小明",
        IdNumber = "539999199001010015",
        Phone = "13812345678",
        EthnicityCode = "06",
        Remark = "r",
    };

    private static readonly Worker Masked = new()
    {
        Name = "王**",
        IdNumber = "539***********0015",
        Phone = "138******78",
        RegisteredPlace = new Place { DivisionCode = "530624" },
    };

    [Fact]
    public void A_worker_is_hidden_when_only_what_a_placement_needs_is_shown() =>
        Assert.True(DemoMask.Hides(Whole, Masked));

    [Fact]
    public void A_worker_who_shows_anything_more_is_not_hidden()
    {
        Worker[] open =
        [
            new(Masked) { Name = Whole.Name },
            new(Masked) { IdNumber = Whole.IdNumber },
            new(Masked) { Phone = Whole.Phone },
            new(Masked) { EthnicityCode = "06" },
            new(Masked) { Remark = "r" },
            new(Masked) { RegisteredPlace = new Place { Words = "大关县" } },
            new(Masked) { RegisteredPlace = new Place { DivisionCode = "530624101" } },
            new(Masked) { CardStatusHistory = { new CardStatusEntry { Status = CardStatus.Poor } } },
        ];

        Assert.All(open, worker => Assert.False(DemoMask.Hides(Whole, worker)));
    }

    [Fact]
    public void The_demo_succeeds_only_if_there_were_checks_and_all_held()
    {
        var (none, good, bad) = (new DemoChecks(), new DemoChecks(), new DemoChecks());
        good.Check("a", holds: true, "1");
        bad.Check("a", holds: true, "1");
        bad.Check("b", holds: false, "2");

        Assert.Equal((false, true, false), (none.Ok, good.Ok, bad.Ok));
    }

    [Fact]
    public void Latency_is_told_by_its_middle_and_its_slowest_hundredth()
    {
        var spans = Enumerable.Range(1, 200).Select(ms => TimeSpan.FromMilliseconds(ms)).Reverse();

        Assert.Equal(new DemoLatency(200, 100, 198), DemoLatency.Of(spans));
        Assert.Equal(DemoLatency.None, DemoLatency.Of([]));
    }

    [Theory]
    [InlineData("--workers 5", "--workers is 5; it must be between 100 and 1,000,000.")]
    [InlineData("--vacancies f.csv", "--vacancies needs --profile: the mapping profile of the file.")]
    [InlineData("--profile taiwanjobs", "--profile needs --vacancies: the file that it reads.")]
    public async Task Options_that_make_no_demo_are_explained_before_a_node_starts(string options, string expected)
    {
        var run = new CommandRun();

        var exit = await run.RunAsync(["demo", .. options.Split(' ')]);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.Equal(expected + "\n", run.Error);
    }
}
