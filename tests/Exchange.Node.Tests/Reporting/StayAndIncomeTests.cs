using Exchange.Node.Figures;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Reporting;

/// <summary>Of those who began together, who stayed; and what they earned.</summary>
public sealed class StayAndIncomeTests : IAsyncLifetime
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

    // Begun in 2018: one checked next year, one found after six months alone, one who came home; and one of 2017.
    [Fact]
    public async Task Those_who_began_together_are_followed_whenever_they_were_checked()
    {
        await BeginAsync(2018, 11, (Checked3Months, Samples.Date(2019, 2, 10)));
        await BeginAsync(2018, 3, (Checked6Months, Samples.Date(2018, 9, 10)));
        await BeginAsync(2018, 3, (ReturnedHome, Samples.Date(2018, 4, 1)));
        await BeginAsync(2017, 12, (Checked3Months, Samples.Date(2018, 3, 10)));

        var kept = await KeptAsync(Measure.Kept3Months, new DateOnly(2019, 12, 31));
        var before = await KeptAsync(Measure.Kept3Months, new DateOnly(2018, 12, 31));
        var longer = await KeptAsync(Measure.Kept6Months, new DateOnly(2019, 12, 31));
        var checkedIn2018 = await _bench.CountAsync(
            new FigureQuestion { Scope = Scopes.Of(Measure.Stayed3Months, Counting.Persons, Weixin, 2018) });

        Assert.Equal((2, 3, 6667), (kept.Value, kept.Base.Value, kept.Base.RateHundredths));
        Assert.Equal((1, 3), (before.Value, before.Base.Value));
        Assert.Equal(1, longer.Value);
        Assert.Equal(1, checkedIn2018.Value);
    }

    [Fact]
    public async Task Whoever_is_placed_again_and_checked_then_is_two_of_whom_one_stayed()
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", 2018, 1);
        await _world.HappenAsync(placement, worker, ReturnedHome, Samples.Date(2018, 2, 1));
        await _world.HappenAsync(placement, worker, RePlaced, Samples.Date(2018, 4, 1), "4420");
        await _world.HappenAsync(placement, worker, Checked3Months, Samples.Date(2018, 7, 1));

        var times = Kept(Measure.Kept3Months);
        (times.Scope.Counting, times.BaseScope.Counting) = (Counting.PersonTimes, Counting.PersonTimes);
        times.Partition = Partition.Place;
        times.PlaceDivisionCodes.AddRange(["4419", "4420"]);
        var figure = await _bench.CountAsync(times);

        Assert.Equal((1, 2, 5000), (figure.Value, figure.Base.Value, figure.Base.RateHundredths));
        Assert.Equal([0, 1, 0], figure.Parts.Select(part => part.Value));
    }

    // From 10 March at 4,000 yuan, from 10 June at 5,000, home on 9 October: three months and three whole ones.
    [Fact]
    public async Task Income_is_the_pay_of_each_month_that_was_completed()
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", 2018, 3, e => e.Pay = Pay(400_000));
        await _world.HappenAsync(
            placement, worker, ChangedJob, Samples.Date(2018, 6, 10), change: e => e.Pay = Pay(500_000, 600_000));
        await _world.HappenAsync(placement, worker, ReturnedHome, Samples.Date(2018, 10, 9));
        await _world.PlaceAsync(await _world.WorkerAsync(Weixin), "4419", 2018, 3);

        var year = await IncomeAsync(2018, 1, 1, 12, 31);
        var quarter = await IncomeAsync(2018, 5, 1, 7, 31);
        var early = await IncomeAsync(2018, 1, 1, 12, 31, new DateOnly(2018, 5, 8));
        var day = await IncomeAsync(2018, 1, 1, 12, 31, new DateOnly(2018, 5, 9));

        Assert.Equal((3 * 400_000) + (3 * 500_000), year.Value);
        Assert.Equal((year.Value / 2, 2), (year.Base.PerHeadFen, year.Base.Value));
        Assert.Contains("1 stretches of work state no monthly pay", Assert.Single(year.Notes), StringComparison.Ordinal);
        Assert.Equal((2 * 400_000) + 500_000, quarter.Value);
        Assert.Equal((400_000, 800_000), (early.Value, day.Value));
    }

    [Fact]
    public async Task Pay_that_is_stated_later_held_from_the_first_day_and_ends_with_the_work()
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", 2018, 1);
        await _world.HappenAsync(
            placement, worker, Checked3Months, Samples.Date(2018, 4, 10), change: e => e.Pay = Pay(0, 300_000));
        await _world.HappenAsync(placement, worker, ReturnedHome, Samples.Date(2018, 5, 10));
        await _world.HappenAsync(placement, worker, RePlaced, Samples.Date(2018, 7, 1), "4420");

        var year = await IncomeAsync(2018, 1, 1, 12, 31);

        Assert.Equal(4 * 300_000, year.Value);
        Assert.Single(year.Notes);
    }

    [Fact]
    public async Task Another_job_whose_pay_is_not_stated_earns_nothing_and_a_whole_year_is_twelve_months()
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", 2018, 3, e => e.Pay = Pay(400_000));
        await _world.HappenAsync(placement, worker, ChangedJob, Samples.Date(2018, 6, 10), "4420");
        var other = _bench.NewId();
        await _world.HappenAsync(
            other, await _world.WorkerAsync(Weixin), Started, Samples.Date(2018, 1, 1), change: e => e.Pay = Pay(100));

        var year = await IncomeAsync(2018, 1, 1, 12, 31);

        Assert.Equal((3 * 400_000) + (12 * 100), year.Value);
        Assert.Single(year.Notes);
    }

    [Fact]
    public async Task Pay_that_only_the_last_event_states_held_until_then()
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", 2018, 1);
        await _world.HappenAsync(placement, worker, Left, Samples.Date(2018, 4, 10), change: e => e.Pay = Pay(300_000));

        Assert.Equal(3 * 300_000, (await IncomeAsync(2018, 1, 1, 12, 31)).Value);
    }

    [Theory]
    [InlineData("2018-01-31", "2018-02-27", 0)]
    [InlineData("2018-01-31", "2018-02-28", 1)]
    [InlineData("2018-01-31", "2018-03-30", 1)]
    [InlineData("2018-01-10", "2019-01-10", 12)]
    [InlineData("2018-01-10", "2018-01-10", 0)]
    [InlineData("2018-01-10", "2017-01-10", 0)]
    public void Months_are_calendar_months(string from, string to, int months) => Assert.Equal(
        months,
        Days.Months(
            DateOnly.Parse(from, System.Globalization.CultureInfo.InvariantCulture).DayNumber,
            DateOnly.Parse(to, System.Globalization.CultureInfo.InvariantCulture).DayNumber));

    private static PayRange Pay(long low, long high = 0) =>
        new() { Currency = "CNY", MinMinor = low, MaxMinor = high, Unit = PayUnit.Month };

    private static FigureQuestion Kept(Measure measure) => new()
    {
        Scope = Scopes.Of(measure, Counting.Persons, Weixin, 2018),
        BaseScope = Scopes.Of(Measure.Transferred, Counting.Persons, Weixin, 2018),
    };

    private async Task BeginAsync(int year, int month, (PlacementEventType Type, Google.Type.Date Day) then)
    {
        var worker = await _world.WorkerAsync(Weixin);
        var placement = await _world.PlaceAsync(worker, "4419", year, month);
        await _world.HappenAsync(placement, worker, then.Type, then.Day);
    }

    private Task<Figure> KeptAsync(Measure measure, DateOnly asOf) => _bench.CountAsync(Kept(measure), asOf);

    private Task<Figure> IncomeAsync(
        int year, int month, int day, int lastMonth, int lastDay, DateOnly? asOf = null)
    {
        var scope = Scopes.Of(Measure.Income, Counting.Fen, Weixin);
        (scope.FromDate, scope.ToDate) = (Samples.Date(year, month, day), Samples.Date(year, lastMonth, lastDay));
        var persons = scope.Clone();
        (persons.Measure, persons.Counting) = (Measure.Transferred, Counting.Persons);
        (persons.FromDate, persons.ToDate) = (Samples.Date(year, 1, 1), Samples.Date(year, 12, 31));
        return _bench.CountAsync(
            new FigureQuestion { Scope = scope, BaseScope = persons }, asOf ?? new DateOnly(2018, 12, 31));
    }
}
