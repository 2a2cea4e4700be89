using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Placements;

public sealed class PlacementEventRulesTests
{
    [Fact]
    public void Every_event_says_what_when_of_whom_and_between_which_nodes() =>
        Assert.Equal(
            [
                "placement_id", "worker_id", "vacancy_id", "sending_node", "receiving_node", "type", "receiving_node",
                "happened_date",
            ],
            Rules.Of(new PlacementEvent()).Select(v => v.Field));

    [Fact]
    public void An_event_is_written_by_one_of_its_nodes()
    {
        Assert.Equal("", Rules.Fields(Samples.PlacementEvent(), e => e.SendingNode = "nujiang", At("dongguan")));
        Assert.Equal("receiving_node", Rules.Fields(Samples.PlacementEvent(), e => e.SendingNode = "nujiang"));
    }

    [Fact]
    public void Only_the_workers_own_region_refers()
    {
        Assert.Equal("", Rules.Fields(Event(Referred), e => e.Note = ""));
        var violation = Assert.Single(Rules.Of(Event(Referred), At("dongguan")));
        Assert.Equal("sending_node", violation.Field);
    }

    [Fact]
    public void Nothing_happens_tomorrow() =>
        Assert.Equal(
            "happened_date",
            Rules.Fields(Samples.PlacementEvent(), e => e.HappenedDate = Samples.Date(2026, 3, 2)));

    [Theory]
    [InlineData(Checked3Months)]
    [InlineData(Checked6Months)]
    public void A_stay_check_says_how_by_whom_and_when(PlacementEventType type)
    {
        var check = Event(type);

        Assert.Equal(
            "evidence.kind evidence.checked_by evidence.checked_date", Rules.Fields(check, e => e.Evidence = null));
        check.Evidence = new Evidence { Kind = EvidenceKind.Call, CheckedDate = Samples.Date(2026, 3, 2) };
        Assert.Equal(["evidence.checked_date", "evidence.checked_by"], Rules.Of(check).Select(v => v.Field));
    }

    [Fact]
    public void Other_events_need_no_evidence() =>
        Assert.Equal("", Rules.Fields(Event(Started), e => e.Evidence = null));

    [Fact]
    public void A_void_names_what_it_voids_and_nothing_else_does()
    {
        var mistake = Event(RecordedInError);
        mistake.VoidedEventId = Samples.Id;

        Assert.Equal("voided_event_id", Rules.Fields(mistake, e => e.VoidedEventId = ""));
        Assert.Equal("voided_event_id", Rules.Fields(Event(Left), e => e.VoidedEventId = Samples.Id));
    }

    [Fact]
    public void Another_reason_needs_words()
    {
        Assert.Equal("reason_words", Rules.Fields(Event(Left), e => e.LeaveReason = LeaveReason.Other));
        Assert.Equal("", Rules.Fields(Event(Left), e => e.LeaveReason = LeaveReason.Unspecified));
    }

    [Fact]
    public void Only_who_moves_on_has_a_next_vacancy()
    {
        Assert.Equal("", Rules.Fields(Event(ChangedJob), e => e.NextVacancyId = Samples.Id));
        Assert.Equal("", Rules.Fields(Event(RePlaced), e => e.NextVacancyId = Samples.Id));
        Assert.Equal("next_vacancy_id", Rules.Fields(Event(Left), e => e.NextVacancyId = Samples.Id));
        Assert.Equal("next_vacancy_id", Rules.Fields(Event(RePlaced), e => e.NextVacancyId = "17"));
    }

    private static PlacementEvent Event(PlacementEventType type)
    {
        var placed = Samples.PlacementEvent();
        placed.Type = type;
        return placed;
    }

    private static Exchange.Node.Records.RuleContext At(string node) => Rules.Context with { Node = node };

    [Fact]
    public void Fitness_for_a_post_ends_on_a_day()
    {
        var fit = Samples.PlacementEvent();
        fit.Type = PlacementEventType.FitForPost;
        fit.FitUntilDate = Samples.Date(2026, 9, 1);

        Assert.Equal("fit_until_date", Rules.Fields(fit.Clone(), e => e.FitUntilDate = Samples.Date(2026, 2, 28)));
        Assert.Equal("fit_until_date", Rules.Fields(fit, e => e.Type = PlacementEventType.Offered));
    }
}
