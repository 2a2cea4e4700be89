using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Placements;

public sealed class PlacementVoidsTests
{
    [Fact]
    public void A_void_event_makes_no_state_and_stays_in_the_list_marked()
    {
        var placement = new Story().Add(Offered, "2026-03-01").Add(Departed, "2026-03-05").Void(1).Placement;

        Assert.Equal(PlacementState.Offered, placement.State);
        Assert.Equal([false, true, false], placement.Events.Select(e => e.Voided));
    }

    [Fact]
    public void Voiding_one_side_settles_a_dispute()
    {
        var story = new Story().Add(ReturnedHome, "2026-03-01").Add(Started, "2026-03-09", Story.Receiving);

        Assert.True(story.Placement.Disputed);
        Assert.Equal(PlacementState.Working, story.Void(0, Story.Receiving).Placement.State);
        Assert.False(story.Placement.Disputed);
    }

    [Fact]
    public void Voiding_a_void_restores_and_voiding_that_voids_again()
    {
        var story = new Story().Add(Offered, "2026-03-01").Add(Departed, "2026-03-05").Void(1);

        Assert.Equal(PlacementState.Departed, story.Void(2).Placement.State);
        Assert.Equal(PlacementState.Offered, story.Void(3).Placement.State);
        Assert.Equal([false, true, false, true, false], story.Placement.Events.Select(e => e.Voided));
    }

    [Fact]
    public void An_event_stays_void_while_one_of_two_voids_holds()
    {
        var story = new Story().Add(Offered, "2026-03-01").Add(Departed, "2026-03-05").Void(1).Void(1, Story.Receiving);

        Assert.Equal(PlacementState.Offered, story.Void(2).Placement.State);
        Assert.Equal(PlacementState.Departed, story.Void(3).Placement.State);
    }

    [Fact]
    public void A_void_that_came_before_its_event_waits_for_it()
    {
        var story = new Story().Add(Offered, "2026-03-01").Void(2);

        Assert.False(story.Placement.Disputed);
        Assert.Equal(PlacementState.Offered, story.Add(Departed, "2026-03-05").Placement.State);
    }

    [Fact]
    public void Voids_in_a_circle_have_no_effect_and_are_disputed()
    {
        var placement = new Story().Add(Offered, "2026-03-01").Void(2).Void(1).Placement;

        Assert.Equal(
            "RECORDED_IN_ERROR events void each other; none of them has any effect.",
            Assert.Single(placement.Disputes));
        Assert.Equal(PlacementState.Offered, placement.State);
        Assert.DoesNotContain(placement.Events, e => e.Voided);
    }

    [Fact]
    public void A_circle_is_broken_by_a_void_from_outside()
    {
        var placement = new Story().Add(Offered, "2026-03-01").Void(2).Void(1).Void(1).Placement;

        Assert.Empty(placement.Disputes);
        Assert.Equal([false, true, false, false], placement.Events.Select(e => e.Voided));
    }

    [Fact]
    public void Only_a_void_voids_whatever_other_events_carry()
    {
        var placement = new Story()
            .Add(Offered, "2026-03-01")
            .Add(Departed, "2026-03-05", with: e => e.VoidedEventId = Story.IdOf(0))
            .Placement;

        Assert.DoesNotContain(placement.Events, e => e.Voided);
    }

    [Fact]
    public void When_all_is_void_no_state_is_left_but_the_placement_is_known()
    {
        var placement = new Story().Add(Referred, "2026-03-01").Void(0).Placement;

        Assert.Equal((PlacementState.Unspecified, null), (placement.State, placement.StateDate));
        Assert.Equal((Story.PlacementId, Story.Worker), (placement.Id, placement.WorkerId));
    }
}
