using Exchange.Node.Placements;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Placements;

public sealed class PlacementStatesTests
{
    [Fact]
    public void A_whole_placement_ends_stable_and_undisputed()
    {
        var placement = WholeStory().Placement;

        Assert.Equal(PlacementState.Stable6Months, placement.State);
        Assert.Equal(Story.DateOf("2026-09-12"), placement.StateDate);
        Assert.False(placement.Disputed);
        Assert.Empty(placement.Disputes);
        Assert.Equal(
            (Story.PlacementId, Story.Worker, Story.Vacancy, Story.Sending, Story.Receiving),
            (placement.Id, placement.WorkerId, placement.VacancyId, placement.SendingNode, placement.ReceivingNode));
        Assert.Equal(9, placement.Events.Count);
    }

    [Theory]
    [InlineData(Referred, PlacementState.Referred)]
    [InlineData(Interviewed, PlacementState.Referred)]
    [InlineData(FitForPost, PlacementState.Referred)]
    [InlineData(Offered, PlacementState.Offered)]
    [InlineData(Departed, PlacementState.Departed)]
    [InlineData(Arrived, PlacementState.Arrived)]
    [InlineData(Started, PlacementState.Working)]
    [InlineData(Checked3Months, PlacementState.Stable3Months)]
    [InlineData(Checked6Months, PlacementState.Stable6Months)]
    [InlineData(ChangedJob, PlacementState.Working)]
    [InlineData(Left, PlacementState.Left)]
    [InlineData(ReturnedHome, PlacementState.Returned)]
    [InlineData(RePlaced, PlacementState.Working)]
    [InlineData(Declined, PlacementState.Declined)]
    [InlineData(RecordedInError, PlacementState.Unspecified)]
    [InlineData((PlacementEventType)99, PlacementState.Unspecified)]
    public void One_event_alone_makes_its_state(PlacementEventType type, PlacementState state)
    {
        var placement = new Story().Add(type, "2026-03-01").Placement;

        Assert.Equal(state, placement.State);
        Assert.False(placement.Disputed);
        Assert.Equal(state == PlacementState.Unspecified ? null : Story.DateOf("2026-03-01"), placement.StateDate);
    }

    [Fact]
    public void A_late_entry_takes_its_place_by_its_day_and_is_no_contradiction()
    {
        var placement = new Story()
            .Add(Started, "2026-03-05", Story.Receiving)
            .Add(Departed, "2026-03-01")
            .Add(Referred, "2026-02-20")
            .Add(Arrived, "2026-03-03", Story.Receiving)
            .Placement;

        Assert.Equal(PlacementState.Working, placement.State);
        Assert.Empty(placement.Disputes);
        Assert.Equal([Referred, Departed, Arrived, Started], placement.Events.Select(e => e.Event.Type));
    }

    [Fact]
    public void Events_of_one_day_are_taken_in_the_order_that_makes_sense()
    {
        var placement = new Story()
            .Add(Started, "2026-03-05", Story.Receiving)
            .Add(Arrived, "2026-03-05")
            .Add(Departed, "2026-03-05")
            .Placement;

        Assert.Equal(PlacementState.Working, placement.State);
        Assert.Empty(placement.Disputes);
        Assert.Equal([Started, Arrived, Departed], placement.Events.Select(e => e.Event.Type));
    }

    [Fact]
    public void Coming_home_being_placed_again_and_starting_fit_into_one_day()
    {
        var placement = new Story()
            .Add(Started, "2026-03-01")
            .Add(ReturnedHome, "2026-05-05")
            .Add(Started, "2026-05-05", Story.Receiving)
            .Add(RePlaced, "2026-05-05")
            .Placement;

        Assert.Equal(PlacementState.Working, placement.State);
        Assert.Empty(placement.Disputes);
    }

    [Fact]
    public void Where_a_day_has_several_possible_orders_the_clocks_decide()
    {
        var changedFirst = new Story()
            .Add(Started, "2026-03-01").Add(ChangedJob, "2026-04-01").Add(Left, "2026-04-01").Placement;
        var leftFirst = new Story()
            .Add(Started, "2026-03-01").Add(Left, "2026-04-01").Add(ChangedJob, "2026-04-01").Placement;

        Assert.Equal((PlacementState.Left, PlacementState.Working), (changedFirst.State, leftFirst.State));
        Assert.Empty(changedFirst.Disputes.Concat(leftFirst.Disputes));
    }

    [Fact]
    public void Days_go_before_clocks_clocks_before_nodes_and_nodes_before_ids()
    {
        var told = new Story()
            .Add(Left, "2026-04-01").Add(ChangedJob, "2026-04-01").Add(Left, "2026-04-01").Add(Started, "2026-03-01")
            .Events;

        var placement = PlacementStates.Compute(
        [
            told[0] with { Id = "c", Clock = 7, HomeNode = "a" },
            told[1] with { Id = "a", Clock = 8, HomeNode = "a" },
            told[2] with { Id = "b", Clock = 7, HomeNode = "b" },
            told[2] with { Id = "d", Clock = 7, HomeNode = "a" },
            told[3] with { Id = "e", Clock = 9, HomeNode = "z" },
        ]);

        Assert.Equal(["e", "c", "d", "b", "a"], placement.Events.Select(e => e.Id));
        Assert.Equal(PlacementState.Working, placement.State);
    }

    [Fact]
    public void Both_parties_may_enter_the_same_step()
    {
        var placement = new Story()
            .Add(Departed, "2026-03-01").Add(Departed, "2026-03-01", Story.Receiving)
            .Add(Arrived, "2026-03-02").Add(Arrived, "2026-03-02", Story.Receiving)
            .Add(Started, "2026-03-05", Story.Receiving).Add(Started, "2026-03-05")
            .Placement;

        Assert.Equal(PlacementState.Working, placement.State);
        Assert.Empty(placement.Disputes);
    }

    [Theory]
    [InlineData(Started, Interviewed, PlacementState.Working)]
    [InlineData(Departed, Offered, PlacementState.Departed)]
    [InlineData(Declined, Arrived, PlacementState.Declined)]
    [InlineData(Declined, Declined, PlacementState.Declined)]
    [InlineData(Checked6Months, Checked3Months, PlacementState.Stable6Months)]
    [InlineData(ReturnedHome, Left, PlacementState.Returned)]
    [InlineData(ReturnedHome, Declined, PlacementState.Returned)]
    [InlineData(Started, Referred, PlacementState.Working)]
    public void Some_later_events_are_only_noted(
        PlacementEventType first, PlacementEventType later, PlacementState state)
    {
        var placement = new Story().Add(first, "2026-03-01").Add(later, "2026-03-09").Placement;

        Assert.Equal(state, placement.State);
        Assert.Equal(Story.DateOf("2026-03-01"), placement.StateDate);
    }

    [Fact]
    public void After_a_refusal_a_new_referral_begins_anew()
    {
        var placement = new Story()
            .Add(Referred, "2026-03-01").Add(Declined, "2026-03-03")
            .Add(Referred, "2026-03-10").Add(Offered, "2026-03-12").Add(Started, "2026-03-20")
            .Placement;

        Assert.Equal(PlacementState.Working, placement.State);
        Assert.Empty(placement.Disputes);
    }

    [Fact]
    public void The_vacancy_is_the_newest_after_a_change_of_job()
    {
        var story = new Story()
            .Add(Referred, "2026-03-01")
            .Add(ChangedJob, "2026-06-01", with: e => e.NextVacancyId = Story.OtherVacancy);

        Assert.Equal(Story.OtherVacancy, story.Placement.VacancyId);
        Assert.Equal(Story.Vacancy, story.Void(1).Placement.VacancyId);
    }

    [Fact]
    public void An_event_without_a_day_stands_before_all_others()
    {
        var placement = new Story()
            .Add(Started, "2026-03-01").Add(Referred, "2026-02-01", with: e => e.HappenedDate = null).Placement;

        Assert.Equal(PlacementState.Working, placement.State);
        Assert.Equal(Referred, placement.Events[0].Event.Type);
    }

    internal static Story WholeStory() => new Story()
        .Add(Referred, "2026-02-20")
        .Add(Interviewed, "2026-02-24", Story.Receiving)
        .Add(FitForPost, "2026-02-25")
        .Add(Offered, "2026-02-26", Story.Receiving)
        .Add(Departed, "2026-03-01", with: e => e.TransferBatch = "2026-14")
        .Add(Arrived, "2026-03-02", Story.Receiving)
        .Add(Started, "2026-03-05", Story.Receiving)
        .Add(Checked3Months, "2026-06-05", Story.Receiving)
        .Add(Checked6Months, "2026-09-12", Story.Receiving);
}
