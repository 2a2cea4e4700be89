using Exchange.Node.Placements;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Placements;

public sealed class ContradictionTests
{
    [Fact]
    public void Work_after_coming_home_is_disputed_with_both_sides_named()
    {
        var placement = new Story()
            .Add(Started, "2026-02-01", Story.Receiving)
            .Add(ReturnedHome, "2026-03-01")
            .Add(Started, "2026-03-09", Story.Receiving)
            .Placement;

        Assert.True(placement.Disputed);
        Assert.Equal(
            "STARTED on 2026-03-09 (dongguan) follows RETURNED_HOME on 2026-03-01 (zhaotong), "
            + "with no RE_PLACED or DEPARTED or ARRIVED between.",
            Assert.Single(placement.Disputes));
        Assert.Equal(PlacementState.Working, placement.State);
    }

    [Theory]
    [InlineData(Declined, Offered)]
    [InlineData(Declined, Interviewed)]
    [InlineData(Declined, Departed)]
    [InlineData(Declined, Started)]
    [InlineData(Declined, Left)]
    [InlineData(Started, Declined)]
    [InlineData(Checked3Months, Declined)]
    [InlineData(Departed, Departed)]
    [InlineData(Started, Departed)]
    [InlineData(Arrived, Arrived)]
    [InlineData(Started, Arrived)]
    [InlineData(Left, Arrived)]
    [InlineData(Started, Started)]
    [InlineData(Checked6Months, Started)]
    [InlineData(ReturnedHome, Started)]
    [InlineData(ReturnedHome, ChangedJob)]
    [InlineData(ReturnedHome, Checked3Months)]
    [InlineData(Left, Checked3Months)]
    [InlineData(Left, Checked6Months)]
    [InlineData(Left, Left)]
    [InlineData(ReturnedHome, ReturnedHome)]
    public void Two_that_cannot_both_be_so_are_disputed(PlacementEventType first, PlacementEventType later)
    {
        var placement = new Story().Add(first, "2026-03-01").Add(later, "2027-03-01").Placement;

        Assert.Single(placement.Disputes);
    }

    [Theory]
    [InlineData(ReturnedHome, RePlaced, Started)]
    [InlineData(ReturnedHome, Arrived, Started)]
    [InlineData(ReturnedHome, Departed, Started)]
    [InlineData(Started, ReturnedHome, Departed)]
    [InlineData(Started, ReturnedHome, Arrived)]
    [InlineData(Started, Left, Started)]
    [InlineData(Started, ChangedJob, Started)]
    [InlineData(Left, Started, Left)]
    [InlineData(Declined, Referred, Offered)]
    [InlineData(Started, RePlaced, Declined)]
    [InlineData(Left, ChangedJob, Checked3Months)]
    public void What_lies_between_makes_sense_of_both(
        PlacementEventType first, PlacementEventType between, PlacementEventType later)
    {
        var placement = new Story()
            .Add(Referred, "2026-01-01")
            .Add(first, "2026-03-01").Add(later, "2027-06-01").Add(between, "2026-03-05")
            .Placement;

        Assert.Empty(placement.Disputes);
    }

    [Theory]
    [InlineData(Declined, Offered, PlacementState.Declined)]
    [InlineData(ReturnedHome, Started, PlacementState.Returned)]
    [InlineData(Left, Checked3Months, PlacementState.Left)]
    public void Within_a_day_two_contradict_only_if_they_do_in_both_orders(
        PlacementEventType entered, PlacementEventType enteredLater, PlacementState state)
    {
        var placement = new Story().Add(entered, "2026-03-01").Add(enteredLater, "2026-03-01").Placement;

        Assert.Empty(placement.Disputes);
        Assert.Equal(state, placement.State);
    }

    [Fact]
    public void Declined_and_started_on_one_day_contradict_in_both_orders()
    {
        var placement = new Story().Add(Declined, "2026-03-01").Add(Started, "2026-03-01").Placement;

        Assert.Single(placement.Disputes);
    }

    [Theory]
    [InlineData(Checked3Months, "2026-05-31", true)]
    [InlineData(Checked3Months, "2026-06-01", false)]
    [InlineData(Checked6Months, "2026-08-31", true)]
    [InlineData(Checked6Months, "2026-09-01", false)]
    public void A_stay_check_before_its_months_are_over_is_disputed(
        PlacementEventType check, string day, bool disputed)
    {
        var placement = new Story().Add(Started, "2026-03-01").Add(check, day, Story.Receiving).Placement;

        Assert.Equal(disputed, placement.Disputed);
    }

    [Fact]
    public void A_stay_is_counted_from_the_first_work_since_the_worker_came_home()
    {
        var changed = new Story()
            .Add(Started, "2026-03-01").Add(ChangedJob, "2026-05-20").Add(Checked3Months, "2026-06-01").Placement;
        var replaced = new Story()
            .Add(Started, "2026-03-01").Add(ReturnedHome, "2026-05-01").Add(RePlaced, "2026-05-20")
            .Add(Checked3Months, "2026-06-01").Placement;

        Assert.Empty(changed.Disputes);
        Assert.Equal(
            "CHECKED_3_MONTHS on 2026-06-01 (zhaotong) comes less than 3 months after work began on 2026-05-20.",
            Assert.Single(replaced.Disputes));
    }

    [Fact]
    public void Claims_that_differ_are_disputed_and_the_first_counts()
    {
        var placement = new Story()
            .Add(Referred, "2026-03-01")
            .Add(Offered, "2026-03-02", with: e => e.WorkerId = Story.OtherVacancy)
            .Add(Departed, "2026-03-03", with: e => e.ReceivingNode = "zhongshan")
            .Placement;

        Assert.Equal(
            [
                "REFERRED on 2026-03-01 (zhaotong) and OFFERED on 2026-03-02 (zhaotong) name different workers.",
                "REFERRED on 2026-03-01 (zhaotong) and DEPARTED on 2026-03-03 (zhaotong) "
                    + "name different receiving nodes.",
            ],
            placement.Disputes);
        Assert.Equal((Story.Worker, Story.Receiving), (placement.WorkerId, placement.ReceivingNode));
    }

    [Fact]
    public void An_event_before_the_referral_is_disputed()
    {
        var placement = new Story().Add(Offered, "2026-02-27").Add(Referred, "2026-03-01").Placement;

        Assert.Equal(
            "OFFERED on 2026-02-27 (zhaotong) is dated before REFERRED on 2026-03-01 (zhaotong), "
            + "which begins the placement.",
            Assert.Single(placement.Disputes));
    }

    [Fact]
    public void Two_referrals_to_different_vacancies_are_disputed()
    {
        var placement = new Story()
            .Add(Referred, "2026-03-01")
            .Add(Referred, "2026-03-02", with: e => e.VacancyId = Story.OtherVacancy)
            .Placement;

        Assert.Equal(
            "REFERRED on 2026-03-01 (zhaotong) and REFERRED on 2026-03-02 (zhaotong) name different vacancies.",
            Assert.Single(placement.Disputes));
    }

    [Fact]
    public void A_vacancy_that_nobody_referred_or_moved_to_is_disputed()
    {
        var story = new Story()
            .Add(Referred, "2026-03-01")
            .Add(Started, "2026-03-05", with: e => e.VacancyId = Story.OtherVacancy);

        Assert.Contains("names a vacancy that no REFERRED", Assert.Single(story.Placement.Disputes));
        Assert.Empty(story.Add(ChangedJob, "2026-03-04").Placement.Disputes);
    }

    [Fact]
    public void A_copy_without_a_field_contradicts_nothing()
    {
        var placement = new Story()
            .Add(Referred, "2026-03-01")
            .Add(Offered, "2026-03-02", with: e => e.WorkerId = e.VacancyId = e.SendingNode = "")
            .Placement;

        Assert.Empty(placement.Disputes);
    }

    [Fact]
    public void Disputes_tell_nothing_of_the_person()
    {
        var story = new Story();
        var types = Enum.GetValues<PlacementEventType>();
        foreach (var type in types.Concat(types.Reverse()))
        {
            story.Add(type, $"2026-{1 + (story.Events.Count % 12):00}-{1 + (story.Events.Count % 28):00}", with: e =>
            {
                e.WorkerId = Story.IdOf(7000 + story.Events.Count);
                e.VacancyId = Story.IdOf(8000 + story.Events.Count);
                (e.Note, e.ReasonWords, e.TransferBatch) = ("王小明", "13812345678", "530627199001010015");
            });
        }

        var disputes = string.Join("\n", story.Placement.Disputes);

        Assert.NotEmpty(disputes);
        Assert.DoesNotContain("019a0000", disputes);
        Assert.DoesNotContain("王", disputes);
        Assert.DoesNotContain("138", disputes);
        Assert.DoesNotContain("5306", disputes);
    }

    [Fact]
    public void Each_pair_of_the_table_is_disputed_unless_what_it_misses_lies_between()
    {
        foreach (var rule in Contradictions.Pairs)
        {
            foreach (var (after, then) in rule.After.SelectMany(after => rule.Then.Select(then => (after, then))))
            {
                Assert.Single(Years(after, then).Placement.Disputes);
                Assert.All(rule.Missing, between => Assert.Empty(Years(after, between, then).Placement.Disputes));
            }
        }
    }

    private static Story Years(params PlacementEventType[] types)
    {
        var story = new Story().Add(Referred, "2020-01-01");
        foreach (var type in types)
        {
            story.Add(type, $"{2020 + story.Events.Count}-01-01");
        }

        return story;
    }
}
