using Exchange.Testing.Histories;
using Xunit;

namespace Exchange.Node.Tests.Histories;

/// <summary>For each promise of a flow an end that breaks it.</summary>
public sealed class ReplicationCheckTests
{
    private static readonly RecordCopy One = new("id-1", "key-1", "first", "v1");
    private static readonly RecordCopy Two = new("id-2", "key-2", "second", "v2");

    private static Replicated Good => new("a to b")
    {
        Acknowledged = [("key-1", "older"), ("key-1", "first"), ("key-2", "second")],
        Home = [One, Two],
        Partner = [One],
        Scope = new HashSet<string> { "id-1" },
    };

    [Fact]
    public void A_flow_that_keeps_everything_has_no_findings()
    {
        Assert.Empty(ReplicationCheck.Run(Good));
    }

    [Fact]
    public void An_acknowledged_record_that_is_gone_is_lost()
    {
        AssertFinds(ReplicationCheck.Lost, Good with { Home = [One] });
    }

    [Fact]
    public void An_acknowledged_change_that_was_overwritten_by_an_older_one_is_lost()
    {
        AssertFinds(ReplicationCheck.Lost, Good with { Home = [One with { Content = "older" }, Two] });
    }

    [Fact]
    public void A_record_that_was_written_twice_is_doubled()
    {
        AssertFinds(ReplicationCheck.Doubled, Good with { Home = [One, Two, Two with { Id = "id-3" }] });
    }

    [Fact]
    public void A_record_in_scope_that_never_came_differs()
    {
        AssertFinds(ReplicationCheck.Differs, Good with { Partner = [] });
    }

    [Fact]
    public void An_older_copy_differs()
    {
        AssertFinds(ReplicationCheck.Differs, Good with { Partner = [One with { Version = "v0" }] });
    }

    [Fact]
    public void A_copy_of_what_its_home_no_longer_has_differs()
    {
        AssertFinds(ReplicationCheck.Differs, Good with { Acknowledged = [], Home = [Two] });
    }

    [Fact]
    public void A_copy_outside_the_scope_is_found()
    {
        AssertFinds(ReplicationCheck.OutOfScope, Good with { Partner = [One, Two] });
    }

    [Fact]
    public void A_text_that_crossed_the_line_is_found_although_nobody_kept_it()
    {
        AssertFinds(ReplicationCheck.OutOfScope, Good with { SeenOnTheWire = ["999999197001010001"] });
    }

    [Fact]
    public void Digests_that_differ_or_had_to_be_repaired_are_found()
    {
        AssertFinds(ReplicationCheck.Digests, Good with { Digests = (false, 0) });
        AssertFinds(ReplicationCheck.Digests, Good with { Digests = (true, 1) });
    }

    private static void AssertFinds(string property, Replicated flow)
    {
        var finding = Assert.Single(ReplicationCheck.Run(flow));

        Assert.Equal(property, finding.Property);
    }
}
