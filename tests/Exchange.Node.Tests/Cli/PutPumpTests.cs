using Exchange.Cli.Publishing;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Cli;

/// <summary>Sending items through cut calls.</summary>
public sealed class PutPumpTests
{
    private static readonly OpenStream Open = new() { Publisher = "p", Stream = "s" };
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Every_item_is_answered_once_and_in_order()
    {
        var node = new FakePublishingNode();

        var answers = await PumpAsync(node, new ManualTime(), Lines(2500));

        Assert.Equal(Numbers(2500), answers);
        Assert.Equal(1, node.Calls);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(700, 0)]
    [InlineData(700, 5)]
    [InlineData(2499, 900)]
    public async Task A_cut_call_is_taken_up_again_and_no_answer_is_lost_or_told_twice(int cutAfter, int lost)
    {
        var node = new FakePublishingNode { CutAfter = call => call <= 3 ? cutAfter : null, LostAnswers = lost };

        var answers = await PumpAsync(node, new ManualTime(), Lines(2500));

        Assert.Equal(Numbers(2500), answers);
        Assert.Equal(2500, node.Accepted.Count);
    }

    [Fact]
    public async Task Only_what_was_not_answered_is_sent_again()
    {
        var node = new FakePublishingNode { CutAfter = call => call == 1 ? 100 : null, LostAnswers = 7 };

        await PumpAsync(node, new ManualTime(), Lines(200));

        Assert.Equal(Numbers(100).Concat(Numbers(200).Skip(93)), node.Arrived);
    }

    [Fact]
    public async Task A_node_that_stays_away_longer_than_the_patience_ends_the_run()
    {
        var node = new FakePublishingNode { CutAfter = call => call == 1 ? 10 : 0 };

        var error = await Assert.ThrowsAsync<RpcException>(() => PumpAsync(node, new ManualTime(), Lines(100)));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.True(node.Calls > 5, $"It tried {node.Calls} times only.");
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again()
    {
        var node = new FakePublishingNode { CutAfter = _ => 10, CutStatus = StatusCode.Aborted };

        var error = await Assert.ThrowsAsync<RpcException>(() => PumpAsync(node, new ManualTime(), Lines(100)));

        Assert.Equal(StatusCode.Aborted, error.StatusCode);
        Assert.Equal(1, node.Calls);
    }

    [Fact]
    public async Task A_source_that_fails_ends_the_run_with_its_own_failure()
    {
        var node = new FakePublishingNode();

        await Assert.ThrowsAsync<InvalidDataException>(() => PumpAsync(node, new ManualTime(), FailingLines()));
    }

    [Fact]
    public async Task The_number_that_an_earlier_run_reached_is_told()
    {
        var node = new FakePublishingNode();
        node.Accepted.Add(17, new PutRecordItem());
        var pump = new PutPump(node.Begin, Open, Patience, new ManualTime());

        await pump.RunAsync(Lines(20), (_, _) => Task.CompletedTask, CancellationToken.None);

        Assert.Equal(17UL, pump.FirstNumber);
    }

    private static async Task<List<ulong>> PumpAsync(
        FakePublishingNode node, ManualTime time, IAsyncEnumerable<PutLine> lines)
    {
        var answers = new List<ulong>();
        var pump = new PutPump(node.Begin, Open, Patience, time);
        var running = pump.RunAsync(
            lines,
            (line, answer) =>
            {
                Assert.Equal(line.Item.Number, answer.Number);
                answers.Add(answer.Number);
                return Task.CompletedTask;
            },
            CancellationToken.None);
        while (await Task.WhenAny(running, time.TimerArmedAsync()) != running)
        {
            time.Advance(TimeSpan.FromSeconds(10));
        }

        await running;
        return answers;
    }

    private static IEnumerable<ulong> Numbers(int count) => Enumerable.Range(1, count).Select(number => (ulong)number);

    private static IAsyncEnumerable<PutLine> Lines(int count) =>
        Numbers(count).Select(number => new PutLine(new PutRecordItem { Number = number })).ToAsyncEnumerable();

    private static async IAsyncEnumerable<PutLine> FailingLines()
    {
        yield return new PutLine(new PutRecordItem { Number = 1 });
        await Task.Yield();
        throw new InvalidDataException("row 2");
    }
}
