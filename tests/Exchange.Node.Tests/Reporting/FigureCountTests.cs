using Exchange.Node.Errors;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Reporting;

/// <summary>What is counted, of whom, where and when, and how persons differ from person-times.</summary>
public sealed class FigureCountTests : IAsyncLifetime
{
    private const string Weixin = "530629";

    private FigureBench _bench = null!;
    private FigureWorld _world = null!;

    public async Task InitializeAsync()
    {
        _bench = await FigureBench.OpenAsync();
        _world = new FigureWorld(_bench);
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task Somebody_placed_twice_is_one_person_and_two_person_times()
    {
        var worker = await _world.WorkerAsync(Weixin);
        await _world.PlaceAsync(worker, "4419", 2018, 2);
        await _world.PlaceAsync(worker, "530627", 2018, 9);
        await _world.WorkerAsync(Weixin);

        var persons = await _bench.CountAsync(Transferred(Counting.Persons, Partition.Destination));
        var times = await _bench.CountAsync(Transferred(Counting.PersonTimes, Partition.Destination));

        Assert.Equal((1, 2, 2), (persons.Value, times.Value, persons.Base.Value));
        Assert.Equal(5000, persons.Base.RateHundredths);
        Assert.Equal(1, Part(persons, "DESTINATION_CLASS_IN_PROVINCE"));
        Assert.Equal(0, Part(persons, "DESTINATION_CLASS_OUT_OF_PROVINCE"));
        Assert.Equal(1, Part(times, "DESTINATION_CLASS_OUT_OF_PROVINCE"));
    }

    [Fact]
    public async Task What_both_nodes_saw_is_one_and_what_was_a_mistake_is_none()
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", 2018, 2);
        await _world.HappenAsync(placement, worker, Started, Samples.Date(2018, 2, 12));
        var wrong = await _world.PlaceAsync(await _world.WorkerAsync(Weixin), "4419", 2018, 3);
        var events = await _bench.EventsAsync(wrong);
        await _world.HappenAsync(
            wrong, events[0].Worker, RecordedInError, Samples.Date(2018, 4, 1), change: e => e.VoidedEventId = events[0].Id);

        var figure = await _bench.CountAsync(Transferred(Counting.PersonTimes, Partition.Unspecified));

        Assert.Equal(1, figure.Value);
    }

    [Fact]
    public async Task Who_comes_home_and_leaves_again_is_counted_by_what_came_of_it()
    {
        var again = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(again, "4419", 2018, 2);
        await _world.HappenAsync(placement, again, ReturnedHome, Samples.Date(2018, 5, 1));
        await _world.HappenAsync(placement, again, RePlaced, Samples.Date(2018, 7, 1), "530627");
        var home = await _world.WorkerAsync(Weixin);
        await _world.HappenAsync(
            await _world.PlaceAsync(home, "4419", 2018, 2), home, ReturnedHome, Samples.Date(2018, 5, 1));
        var returned = new FigureQuestion
        {
            Scope = Scopes.Of(Measure.Returned, Counting.Persons, Weixin, 2018),
            Partition = Partition.Outcome,
        };

        var now = await _bench.CountAsync(returned);
        var before = await _bench.CountAsync(returned, new DateOnly(2018, 6, 1));
        var times = await _bench.CountAsync(Transferred(Counting.PersonTimes, Partition.Unspecified));

        Assert.Equal((2, 1, 1), (now.Value, Part(now, "REPLACED"), now.UnclassifiedValue));
        Assert.Equal((2, 0, 1), (before.Value, Part(before, "REPLACED"), Part(before, "WAITING")));
        Assert.Equal(3, times.Value);
    }

    [Fact]
    public async Task A_report_of_an_earlier_day_knows_what_was_known_by_then()
    {
        var poor = await _world.WorkerAsync(Weixin, change: worker => worker.CardStatusHistory.AddRange(
        [
            new CardStatusEntry { Status = CardStatus.Poor, FromDate = Samples.Date(2014) },
            new CardStatusEntry { Status = CardStatus.OutOfPoverty, FromDate = Samples.Date(2018, 12, 31) },
        ]));
        await _world.PlaceAsync(poor, "4419", 2018, 9);
        var scope = Scopes.Of(Measure.Labour, Counting.Persons, Weixin);
        scope.Card = CardScope.Poor;

        var counts = new List<long>();
        foreach (var day in new[] { new DateOnly(2013, 1, 1), new(2018, 6, 1), new(2019, 1, 1) })
        {
            counts.Add((await _bench.CountAsync(new FigureQuestion { Scope = scope }, day)).Value);
            counts.Add((await _bench.CountAsync(Transferred(Counting.Persons, Partition.Unspecified), day)).Value);
        }

        Assert.Equal([0, 0, 1, 0, 0, 1], counts);
    }

    [Fact]
    public async Task Changes_and_deletions_count_at_once()
    {
        var worker = await _world.WorkerAsync(Weixin, card: true);
        var labour = new FigureQuestion { Scope = Scopes.Of(Measure.Labour, Counting.Persons, Weixin).OfCard() };
        Assert.Equal(1, (await _bench.CountAsync(labour)).Value);

        await _bench.AddAsync(
            new Worker { Name = "王小明", RegisteredPlace = Samples.Place(Weixin, "威信县") }, worker);
        Assert.Equal(0, (await _bench.CountAsync(labour)).Value);

        labour.Scope.Card = CardScope.Unspecified;
        Assert.Equal(1, (await _bench.CountAsync(labour)).Value);
        await _bench.DeleteAsync("worker", worker);
        Assert.Equal(0, (await _bench.CountAsync(labour)).Value);
    }

    [Fact]
    public async Task Who_is_kept_only_or_under_age_or_unable_is_no_labour()
    {
        await _world.WorkerAsync(Weixin);
        await _world.WorkerAsync(Weixin, change: worker => worker.LabourCapacity = LabourCapacity.Lost);
        await _world.WorkerAsync(Weixin, change: worker => worker.BirthDate = Samples.Date(2005, 1, 2));
        await _bench.AddAsync(
            new Worker { Name = "王小明", RegisteredPlace = Samples.Place(Weixin, "威信县") }, state: RecordState.Frozen);

        var figure = await _bench.CountAsync(
            new FigureQuestion { Scope = Scopes.Of(Measure.Labour, Counting.Persons, Weixin) }, new DateOnly(2021, 1, 1));

        Assert.Equal(1, figure.Value);
    }

    [Fact]
    public async Task Parts_by_area_name_those_with_nothing_and_leave_the_rest_unclassified()
    {
        await _world.WorkerAsync(Weixin);
        await _world.WorkerAsync("530627");
        await _world.WorkerAsync("5306");

        var figure = await _bench.CountAsync(new FigureQuestion
        {
            Scope = Scopes.Of(Measure.Labour, Counting.Persons, "5306"),
            Partition = Partition.Area,
        });

        Assert.Equal((3, 1, 11), (figure.Value, figure.UnclassifiedValue, figure.Parts.Count));
        Assert.Equal(["镇雄县", "威信县"], figure.Parts.Where(part => part.Value == 1).Select(part => part.DivisionName));
    }

    [Fact]
    public async Task A_county_without_a_base_is_named()
    {
        await _bench.AddAsync(new EmploymentBase
        {
            Name = "扶贫车间",
            Kind = EmploymentBaseKind.Base,
            Place = Samples.Place(Weixin, "威信县"),
            RecognisedDate = Samples.Date(2017, 1, 1),
        });

        var figure = await _bench.CountAsync(new FigureQuestion
        {
            Scope = Scopes.Of(Measure.Bases, Counting.Items, "5306"),
            Partition = Partition.Area,
        });

        var note = Assert.Single(figure.Notes);
        Assert.StartsWith("10 of 11 divisions have none: 530602 昭阳区,", note, StringComparison.Ordinal);
        Assert.DoesNotContain(Weixin, note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_period_is_held_against_another()
    {
        for (var i = 0; i < 5; i++)
        {
            await _world.PlaceAsync(await _world.WorkerAsync(Weixin), "4419", i < 2 ? 2017 : 2018, 3);
        }

        var question = Transferred(Counting.Persons, Partition.Unspecified);
        (question.ComparedFromDate, question.ComparedToDate) = (Samples.Date(2017, 1, 1), Samples.Date(2017, 12, 31));

        var figure = await _bench.CountAsync(question);

        Assert.Equal((3, 2, 5000), (figure.Value, figure.Change.Value, figure.Change.ChangeHundredths));
    }

    [Theory]
    [InlineData("measure", "scope.measure")]
    [InlineData("counting", "scope.counting")]
    [InlineData("division", "scope.division_code")]
    [InlineData("period", "scope.to_date")]
    [InlineData("subsidy", "scope.subsidy")]
    [InlineData("destination", "scope.destination")]
    [InlineData("partition", "partition")]
    [InlineData("places", "place_division_codes")]
    [InlineData("compared", "compared_to_date")]
    public async Task A_question_that_cannot_be_answered_is_refused_by_its_field(string what, string field)
    {
        var question = new FigureQuestion { Scope = Scopes.Of(Measure.Trained, Counting.Persons, Weixin, 2018) };
        question.Scope.Measure = what == "measure" ? Measure.Unspecified : Measure.Trained;
        question.Scope.Counting = what == "counting" ? Counting.Items : Counting.Persons;
        question.Scope.DivisionCode = what == "division" ? "53062" : Weixin;
        question.Scope.ToDate = what == "period" ? Samples.Date(2017, 1, 1) : question.Scope.ToDate;
        question.Scope.Subsidy = what == "subsidy" ? SubsidyKind.Transport : default;
        question.Scope.Destination = what == "destination" ? DestinationClass.InCounty : default;
        question.Partition = what == "partition" ? Partition.Amount : default;
        question.ComparedFromDate = what == "compared" ? Samples.Date(2017, 1, 1) : null;
        if (what == "places")
        {
            question.PlaceDivisionCodes.Add("44");
        }

        var refused = await Assert.ThrowsAsync<ExchangeException>(() => _bench.CountAsync(question));

        Assert.Equal($"question.{field}", refused.Violations.Single().Field);
    }

    private static FigureQuestion Transferred(Counting counting, Partition partition) => new()
    {
        Scope = Scopes.Of(Measure.Transferred, counting, Weixin, 2018),
        BaseScope = Scopes.Of(Measure.Labour, Counting.Persons, Weixin),
        Partition = partition,
    };

    private static long Part(Figure figure, string key) => figure.Parts.Single(part => part.Key == key).Value;
}
