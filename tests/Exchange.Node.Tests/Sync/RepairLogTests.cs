using Exchange.Node.Sync;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>How many differences there were, also when there were more than are named.</summary>
public sealed class RepairLogTests
{
    private const int Many = 250;

    private readonly RepairLog _log = new();

    [Fact]
    public void What_the_next_round_finds_again_is_counted_once_also_beyond_the_names()
    {
        _log.Compared(Found(0, Many));
        _log.BeginRound();
        _log.Compared(Found(0, Many));

        var found = _log.ToMessage(isProven: false);

        Assert.Equal(((ulong)Many, (ulong)Many), (found.Count, found.UnrepairedCount));
        Assert.Equal(RepairList.MaxListed, found.Items.Count);
    }

    [Fact]
    public void What_was_found_before_the_digests_agreed_is_another_difference_and_stays_repaired()
    {
        _log.Compared(Found(0, Many));
        _log.Settle();
        _log.BeginRound();
        _log.Compared(Found(Many, 3));

        var found = _log.ToMessage(isProven: false);

        Assert.Equal((Many + 3ul, 3ul), (found.Count, found.UnrepairedCount));
        Assert.Equal(3, found.Items.Count(item => !item.Repaired));
        _log.Settle();
        Assert.Equal((Many + 3ul, 0ul), (_log.ToMessage(true).Count, _log.ToMessage(true).UnrepairedCount));
    }

    [Fact]
    public void Pages_of_one_round_add_up()
    {
        _log.Compared(Found(0, Many));
        _log.Compared(Found(Many, Many));

        Assert.Equal(2ul * Many, _log.ToMessage(isProven: true).Count);
    }

    private static Comparison Found(int first, int count)
    {
        var list = new RepairList();
        foreach (var number in Enumerable.Range(first, count))
        {
            list.Add("vacancy", new Guid(number, 0, 0, new byte[8]).ToString(), RepairCause.MissingAtReceiver, "right");
        }

        return new Comparison(list.ToMessage(), new SyncRepairs(), null);
    }
}
