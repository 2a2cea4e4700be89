using Exchange.Node.Figures;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;
using static Exchange.V1.PlacementEventType;

namespace Exchange.Node.Tests.Reporting;

/// <summary>The three counts of households and the lists of those that fail, kept as running totals.</summary>
public sealed class HouseholdTotalsTests : IAsyncLifetime
{
    private const string Weixin = "530629";
    private const int Seed = 20260301;

    private FigureBench _bench = null!;
    private FigureWorld _world = null!;

    public async Task InitializeAsync()
    {
        _bench = await FigureBench.OpenAsync();
        _world = new FigureWorld(_bench);
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_household_is_on_the_list_until_somebody_works_and_again_after_that_ends()
    {
        var house = await HouseholdAsync();
        var worker = await _world.WorkerAsync(Weixin, change: one => one.HouseholdId = house);
        Assert.Equal([house], await FailingAsync(HouseholdRule.Employed));

        var placement = await _world.PlaceAsync(worker, "4419", 2018, 3);
        Assert.Empty(await FailingAsync(HouseholdRule.Employed));

        await _world.HappenAsync(placement, worker, ReturnedHome, Samples.Date(2018, 9, 1));
        Assert.Equal([house], await FailingAsync(HouseholdRule.Employed));
        Assert.Equal(new HouseholdCount(1, 1, 0, 0, 0), await SumAsync());
    }

    [Fact]
    public async Task Trained_and_skilled_follow_enrolments_and_certificates()
    {
        var house = await HouseholdAsync();
        var worker = await _world.WorkerAsync(Weixin, change: one => one.HouseholdId = house);
        var enrolment = SampleRecords.Of<Enrolment>();
        enrolment.WorkerId = worker;
        var certificate = SampleRecords.Of<Certificate>();
        certificate.WorkerId = worker;

        var first = await _bench.AddAsync(enrolment);
        var second = await _bench.AddAsync(certificate);
        Assert.Equal(new HouseholdCount(1, 1, 0, 1, 1), await SumAsync());

        await _bench.DeleteAsync("enrolment", first);
        await _bench.DeleteAsync("certificate", second);
        Assert.Equal(new HouseholdCount(1, 1, 0, 0, 0), await SumAsync());
        Assert.Equal([house], await FailingAsync(HouseholdRule.Skilled));
    }

    [Fact]
    public async Task A_household_without_anybody_who_could_work_is_on_no_list()
    {
        var house = await HouseholdAsync();
        await _world.WorkerAsync(Weixin, change: one =>
            (one.HouseholdId, one.LabourCapacity) = (house, LabourCapacity.None));
        await _world.WorkerAsync(Weixin, change: one =>
            (one.HouseholdId, one.EmploymentStatus) = (house, EmploymentStatus.InSchool));

        Assert.Empty(await FailingAsync(HouseholdRule.Employed));
        Assert.Equal(new HouseholdCount(1, 0, 0, 0, 0), await SumAsync());
    }

    // Whatever happens in whatever order, the running totals are what a count from nothing gives.
    [Fact]
    public async Task Running_totals_equal_a_recount()
    {
        var random = new Random(Seed);
        var houses = new List<string>();
        var workers = new List<string>();
        var placements = new List<(string Placement, string Worker)>();
        for (var step = 0; step < 1_500; step++)
        {
            await StepAsync(random, houses, workers, placements);
            if (step % 250 == 0)
            {
                await SumAsync();
            }
        }

        using var fresh = new FigureBook(_bench.Store, _bench.Codec);
        foreach (var card in Enum.GetValues<CardScope>())
        {
            var running = await SumAsync(card);
            Assert.Equal(
                await fresh.ReadAsync(tables => tables.Totals.Sum(Weixin, card), default), running);
            Assert.True(card == CardScope.Unspecified ? running.WithEmployed > 0 : running.Households >= 0);
        }

        foreach (var rule in new[] { HouseholdRule.Employed, HouseholdRule.Trained, HouseholdRule.Skilled })
        {
            var running = await FailingAsync(rule);
            Assert.Equal(await FailingAsync(fresh, rule), running);
            var sum = await SumAsync();
            Assert.Equal(sum.WithLabour - sum[rule], running.Count);
        }
    }

    private async Task StepAsync(
        Random random, List<string> houses, List<string> workers, List<(string Placement, string Worker)> placements)
    {
        switch (random.Next(7))
        {
            case 0 or 1:
                var house = houses.Count > 40 ? houses[random.Next(houses.Count)] : null;
                houses.Add(await HouseholdAsync(house, random.Next(2) == 0, $"{Weixin}10{random.Next(3)}"));
                break;
            case 2 or 3:
                var worker = workers.Count > 100 ? workers[random.Next(workers.Count)] : null;
                workers.Add(await MemberAsync(random, worker, houses.Count > 0 ? houses[random.Next(houses.Count)] : ""));
                break;
            case 4 when workers.Count > 0:
                var placed = workers[random.Next(workers.Count)];
                placements.Add((await _world.PlaceAsync(placed, "4419", 2018, 3), placed));
                break;
            case 5 when placements.Count > 0:
                var (placement, who) = placements[random.Next(placements.Count)];
                await _world.HappenAsync(
                    placement, who, random.Next(2) == 0 ? ReturnedHome : RePlaced, Samples.Date(2019, 1 + random.Next(12), 1));
                break;
            case 6 when houses.Count > 20 && random.Next(4) == 0:
                await _bench.FlushAsync();
                await _bench.DeleteAsync("household", houses[random.Next(houses.Count)]);
                break;
        }
    }

    private Task<string> MemberAsync(Random random, string? id, string house)
    {
        var worker = new Worker
        {
            Name = "王小明",
            RegisteredPlace = Samples.Place(Weixin, "威信县"),
            HouseholdId = house,
            LabourCapacity = random.Next(3) == 0 ? LabourCapacity.None : LabourCapacity.Ordinary,
            EmploymentStatus = random.Next(4) == 0 ? EmploymentStatus.Farming : EmploymentStatus.NotEmployed,
        };
        if (random.Next(3) == 0)
        {
            worker.Skills.Add(new Skill { Occupation = Samples.Shoemaker() });
        }

        return _bench.AddAsync(worker, id);
    }

    private Task<string> HouseholdAsync(string? id = null, bool card = false, string place = Weixin)
    {
        var house = new Household { HeadName = "王大山", Place = Samples.Place(place, "威信县") };
        if (card)
        {
            house.CardStatusHistory.Add(new CardStatusEntry { Status = CardStatus.Poor, FromDate = Samples.Date(2014) });
        }

        return _bench.AddAsync(house, id);
    }

    private async Task<HouseholdCount> SumAsync(CardScope card = default)
    {
        await _bench.FlushAsync();
        return await _bench.Book.ReadAsync(tables => tables.Totals.Sum(Weixin, card), default);
    }

    private async Task<List<string>> FailingAsync(HouseholdRule rule)
    {
        await _bench.FlushAsync();
        return await FailingAsync(_bench.Book, rule);
    }

    private static Task<List<string>> FailingAsync(FigureBook book, HouseholdRule rule) => book.ReadAsync(
        tables => tables.Totals.Failing(rule, Weixin, default, after: null).Select(row => row.Id.ToString()).ToList(),
        default);
}
