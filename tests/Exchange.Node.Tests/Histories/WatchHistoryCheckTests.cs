using Exchange.Testing.Histories;
using Xunit;
using static Exchange.Testing.Histories.WatchHistoryCheck;

namespace Exchange.Node.Tests.Histories;

/// <summary>For each property of a watch a history that breaks it, and good ones that look alike.</summary>
public sealed class WatchHistoryCheckTests
{
    private static readonly Guid Epoch = Guid.Parse("01890000-0000-7000-8000-000000000001");

    // The feed: a1 at 1 was overwritten by a2 at 4; c was deleted at 5.
    private static readonly Watched[] Seen =
    [
        Shown(1, "a", "1"), Shown(2, "b", "1"), Shown(3, "c", "1"), Shown(4, "a", "2"), Removed(5, "c"), Bookmark(5),
    ];

    [Fact]
    public void A_history_that_keeps_everything_has_no_findings()
    {
        Assert.Empty(Run(Watch([End(0), .. Seen]), Watch([End(0), .. Seen[..3]], [.. Seen[3..]])));
    }

    [Fact]
    public void A_version_that_was_overwritten_before_it_was_read_may_be_passed_over()
    {
        Assert.Empty(Run(Watch([End(0), .. Seen]), Watch([Shown(2, "b", "1", 5), Shown(4, "a", "2", 5), End(5)])));
    }

    [Fact]
    public void Positions_that_fall_break_ordered()
    {
        AssertFinds(Ordered, Watch([End(0), Shown(2, "b", "1"), Shown(1, "a", "1")]));
    }

    [Fact]
    public void A_version_that_is_told_twice_breaks_unique()
    {
        AssertFinds(Unique, Watch([End(0), Shown(1, "a", "1"), Shown(2, "a", "1")]));
    }

    [Fact]
    public void A_position_that_is_told_twice_breaks_unique()
    {
        AssertFinds(Unique, Watch([End(0), Removed(1, "a"), Removed(1, "a")]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_commit_that_is_split_breaks_atomic(bool byMark)
    {
        var between = byMark ? Bookmark(1) : Shown(2, "x", "1");
        var history = Watch([End(0), Shown(1, "a", "1"), between, Shown(3, "b", "1")]);

        var finding = Assert.Single(WatchHistoryCheck.Run([history], [("a", "1"), ("b", "1")]));

        Assert.Equal(Atomic, finding.Property);
    }

    [Fact]
    public void A_commit_that_comes_whole_is_atomic()
    {
        var history = Watch([End(0), Shown(1, "a", "1"), Shown(2, "b", "1"), Bookmark(2)]);

        Assert.Empty(WatchHistoryCheck.Run([history], [("a", "1"), ("b", "1")]));
    }

    [Fact]
    public void A_record_that_is_passed_over_breaks_reliable()
    {
        AssertFinds(Reliable, Watch([End(0), .. Seen]), Watch([End(0), .. Seen[..1], .. Seen[2..5]]));
    }

    [Fact]
    public void A_change_that_is_passed_over_breaks_reliable()
    {
        AssertFinds(Reliable, Watch([End(0), .. Seen]), Watch([End(0), .. Seen[..3], Removed(5, "c")]));
    }

    [Theory]
    [InlineData(20, true)]
    [InlineData(10, false)]
    public void A_version_may_be_passed_over_only_once_it_is_overwritten(long changed, bool isBroken)
    {
        // a1 at 1 became a2 at 3; the second watch was told b at 2 in the fifteenth millisecond, without a1 before it.
        var next = Shown(3, "a", "2") with { Committed = changed, Received = 30 };
        var whole = Watch([End(0), Shown(1, "a", "1"), Shown(2, "b", "1"), next]);
        var other = Watch([End(0), Shown(2, "b", "1") with { Received = 15 }, next]);

        Assert.Equal(isBroken ? [Reliable] : [], Run(whole, other).Select(finding => finding.Property));
    }

    [Fact]
    public void A_removal_that_is_passed_over_leaves_what_is_gone()
    {
        AssertFinds(Filtered, Watch([End(0), .. Seen, Shown(6, "d", "1")]), Watch([End(0), .. Seen[..4], Shown(6, "d", "1")]));
    }

    [Fact]
    public void A_resumed_call_that_tells_again_what_was_told_breaks_resumable()
    {
        var findings = Run(Watch([End(0), .. Seen[..3]], [.. Seen[2..]]));

        Assert.Contains(findings, finding => finding.Property == Resumable);
    }

    [Fact]
    public void A_gap_at_a_resumption_breaks_reliable()
    {
        AssertFinds(Reliable, Watch([End(0), .. Seen]), Watch([End(0), .. Seen[..1]], [.. Seen[2..5]]));
    }

    [Fact]
    public void A_snapshot_that_begins_again_after_a_resumption_breaks_resumable()
    {
        AssertFinds(Resumable, Watch([End(0), .. Seen[..3]], [End(3), .. Seen[3..]]));
    }

    [Fact]
    public void A_token_of_another_history_that_is_resumed_breaks_resumable()
    {
        var foreign = Shown(4, "a", "2") with { Point = new WatchPoint(Guid.Empty, 4, 0) };

        AssertFinds(Resumable, Watch([End(0), .. Seen[..3]], [foreign]));
    }

    [Fact]
    public void A_bookmark_before_everything_up_to_it_was_told_breaks_bookmarkable()
    {
        AssertFinds(
            Bookmarkable,
            Watch([End(0), .. Seen]),
            Watch([End(0), Shown(1, "a", "1"), Bookmark(2), Shown(4, "a", "2"), Removed(5, "c"), Shown(6, "b", "2")]));
    }

    [Fact]
    public void A_bookmark_of_a_whole_watch_excuses_nothing_by_what_came_later()
    {
        AssertFinds(
            Bookmarkable,
            Watch([End(0), .. Seen]),
            Watch([End(0), .. Seen[1..3], Bookmark(3), .. Seen[3..]]));
    }

    [Fact]
    public void A_snapshot_that_ends_too_early_breaks_bookmarkable()
    {
        AssertFinds(
            Bookmarkable,
            Watch([End(0), .. Seen, Shown(6, "b", "2")], [Shown(7, "d", "1")]),
            Watch([Shown(4, "a", "2", 6), End(6), Shown(7, "d", "1")], []),
            skipRest: true);
    }

    [Fact]
    public void Two_watches_that_see_different_versions_at_a_position_are_not_consistent()
    {
        var findings = Run(Watch([End(0), .. Seen]), Watch([End(0), Shown(1, "a", "9")]));

        Assert.Contains(findings, finding => finding.Property == Consistent);
    }

    [Fact]
    public void What_a_filter_keeps_back_is_not_shown_and_what_stops_matching_is_removed()
    {
        var open = new WatchScope(item => item.Key, item => item.Tag == "open");
        Watched[] feed =
        [
            Shown(1, "a", "1", tag: "open"), Shown(2, "b", "1"), Shown(3, "a", "2"), Shown(4, "c", "1", tag: "open"),
        ];
        var whole = Watch([End(0), .. feed]);

        Assert.Empty(Run(whole, Watch([End(0), feed[0], Removed(3, "a"), feed[3]]) with { Scope = open }));
        AssertFinds(
            Filtered, whole, Watch([End(0), .. feed[..2], Removed(3, "a"), feed[3]]) with { Scope = open }, skipRest: true);
        AssertFinds(Filtered, whole, Watch([End(0), feed[0], feed[3]]) with { Scope = open });
    }

    [Fact]
    public void A_computed_state_is_told_at_the_newest_record_that_it_comes_of()
    {
        var states = new WatchScope(item => item.Tag, _ => true, IsComputed: true);
        var whole = Watch([End(0), Shown(1, "e1", "1", tag: "p"), Shown(2, "e2", "1", tag: "p"), Shown(3, "x", "1", tag: "q")]);

        Assert.Empty(Run(whole, Watch([End(0), Shown(2, "p", "e1 e2"), Shown(3, "q", "x")]) with { Scope = states }));
        Assert.Empty(Run(Watch([End(0), Shown(1, "p", "e1"), Shown(2, "p", "e1")]) with { Scope = states }));
        AssertFinds(Reliable, whole, Watch([End(0), Shown(1, "p", "e1"), Shown(3, "q", "x")]) with { Scope = states });
    }

    private static void AssertFinds(string property, WatchHistory broken) => AssertFinds(property, broken, null);

    private static void AssertFinds(string property, WatchHistory first, WatchHistory? second, bool skipRest = false)
    {
        var findings = second is null ? Run(first) : Run(first, second);

        Assert.Equal(property, (skipRest ? findings[0] : Assert.Single(findings)).Property);
    }

    private static IReadOnlyList<Finding> Run(params WatchHistory[] histories) => WatchHistoryCheck.Run(histories);

    private static WatchHistory Watch(params Watched[][] calls) => new(
        "w",
        WatchScope.Everything,
        [.. calls.Select((events, i) => new WatchCall(i == 0 ? null : calls[i - 1][^1].Point, events))]);

    private static Watched Shown(long position, string key, string version, long snapshot = 0, string tag = "") =>
        new(WatchedKind.Shown, new WatchPoint(Epoch, position, snapshot), key, version, tag);

    private static Watched Removed(long position, string key) =>
        new(WatchedKind.Removed, new WatchPoint(Epoch, position, 0), key);

    private static Watched End(long position) => new(WatchedKind.SnapshotEnd, new WatchPoint(Epoch, position, 0));

    private static Watched Bookmark(long position) => new(WatchedKind.Bookmark, new WatchPoint(Epoch, position, 0));
}
