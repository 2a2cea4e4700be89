using Exchange.Node.Placements;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Placements;

public sealed class ArrivalOrderTests
{
    private const int Shuffles = 100;

    public static TheoryData<string> Names => [.. Stories.Keys];

    private static readonly Dictionary<string, Story> Stories = new()
    {
        ["home and back"] = new Story()
            .Add(Started, "2026-03-01").Add(ReturnedHome, "2026-04-01").Add(Started, "2026-04-09")
            .Add(RePlaced, "2026-04-09", Story.Receiving),
        ["declined and started"] = new Story()
            .Add(Declined, "2026-03-01").Add(Started, "2026-03-01", Story.Receiving).Add(Offered, "2026-02-27")
            .Add(Declined, "2026-03-04"),
        ["left twice and checked"] = new Story()
            .Add(Started, "2026-01-01").Add(Left, "2026-03-01").Add(Left, "2026-03-20", Story.Receiving)
            .Add(Checked3Months, "2026-04-02", Story.Receiving).Add(ReturnedHome, "2026-04-02"),
        ["one long day"] = new Story()
            .Add(Started, "2026-03-01").Add(Departed, "2026-03-01").Add(ReturnedHome, "2026-03-01")
            .Add(RePlaced, "2026-03-01").Add(Left, "2026-03-01").Add(Declined, "2026-03-01"),
        ["voids of voids"] = new Story()
            .Add(ReturnedHome, "2026-03-01").Add(Started, "2026-03-09").Void(0).Void(2, Story.Receiving).Void(3),
        ["voids in a circle"] = new Story()
            .Add(Started, "2026-03-01").Add(Started, "2026-03-09").Void(3).Void(4).Void(2),
        ["claims that differ"] = new Story()
            .Add(Referred, "2026-03-01", with: e => e.WorkerId = Story.OtherVacancy)
            .Add(Referred, "2026-03-01", Story.Receiving, e => e.VacancyId = Story.OtherVacancy)
            .Add(Offered, "2026-02-01").Add(Departed, "2026-03-03", with: e => e.SendingNode = "nujiang"),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Small_sets_give_one_placement_in_every_order_of_arrival(string name)
    {
        var events = Stories[name].Events;
        var expected = PlacementStates.Compute(events);

        Assert.All(Permutations([.. events]), arrived => Assert.Equal(expected, PlacementStates.Compute(arrived)));
        Assert.Equal(name is not ("home and back" or "one long day" or "voids of voids"), expected.Disputed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Large_sets_give_one_placement_in_every_order_of_arrival(int seed)
    {
        var random = new Random(seed);
        ObservedEvent[] events = [.. RandomStory(random, 40).Events];
        var expected = PlacementStates.Compute(events);

        for (var i = 0; i < Shuffles; i++)
        {
            random.Shuffle(events);
            Assert.True(expected.Equals(PlacementStates.Compute(events)), $"Differs. Reproduce with seed {seed}.");
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public void Voiding_an_event_is_the_same_as_never_having_had_it(int seed)
    {
        var random = new Random(seed);
        var story = RandomStory(random, 15);
        for (var i = 0; i < story.Events.Count; i++)
        {
            ObservedEvent[] others = [.. story.Events.Where((_, index) => index != i)];
            var without = PlacementStates.Compute(others);

            var voided = PlacementStates.Compute([.. story.Events, .. Voids(i)]);

            without.Events.Clear();
            voided.Events.Clear();
            Assert.True(without.Equals(voided), $"Event {i} still counts. Reproduce with seed {seed}.");
        }
    }

    private static IEnumerable<ObservedEvent> Voids(int index)
    {
        var entry = new Story().Void(index).Events[0];
        yield return entry with { Id = Story.IdOf(9999), Clock = 9999 };
    }

    // Few days and all types, so that most of what happens contradicts something.
    private static Story RandomStory(Random random, int count)
    {
        var story = new Story();
        PlacementEventType[] types =
            [.. Enum.GetValues<PlacementEventType>().Where(type => type is not (Unspecified or RecordedInError))];
        while (story.Events.Count < count)
        {
            story.Add(
                types[random.Next(types.Length)],
                $"2026-{random.Next(1, 13):00}-{random.Next(1, 3):00}",
                random.Next(2) == 0 ? Story.Sending : Story.Receiving,
                e => e.NextVacancyId = random.Next(2) == 0 ? Story.OtherVacancy : "");
        }

        return story;
    }

    private static IEnumerable<ObservedEvent[]> Permutations(ObservedEvent[] events) => events.Length <= 1
        ? [events]
        : events.SelectMany((first, i) =>
            Permutations([.. events[..i], .. events[(i + 1)..]]).Select(rest => (ObservedEvent[])[first, .. rest]));
}
