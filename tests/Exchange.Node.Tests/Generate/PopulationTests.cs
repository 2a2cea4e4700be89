using System.Security.Cryptography;
using Exchange.Node.Generate;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Generate;

public sealed class PopulationTests
{
    private const int Size = 20_000;

    private static readonly GeneratorOptions Options = new() { Workers = Size, Seed = 7 };
    private static readonly Lazy<List<Worker>> Drawn =
        new(() => [.. new Population(Options).Workers().Select(member => member.Worker)]);

    private static List<Worker> Workers => Drawn.Value;

    [Fact]
    public void Every_worker_is_accepted_by_a_test_node_and_by_no_other()
    {
        var rules = new RecordKinds().Find("worker")!;
        var test = new RuleContext(Options.AsOf, TestNode: true, "zhaotong");

        Assert.All(Workers, worker => Assert.Empty(rules.Check(worker, test)));
        Assert.All(
            Workers.Take(100),
            worker => Assert.Equal(
                "id_number", Assert.Single(rules.Check(worker, test with { TestNode = false })).Field));
    }

    [Fact]
    public void Every_household_is_accepted_and_its_head_is_one_of_its_workers()
    {
        var rules = new RecordKinds().Find("household")!;
        var test = new RuleContext(Options.AsOf, TestNode: true, "zhaotong");
        var heads = Workers
            .Where(worker => worker.RelationToHead == "户主")
            .Select(worker => worker.IdNumber)
            .ToHashSet();

        var households = new Population(Options).Households().ToList();

        Assert.Equal(Size / 10 * 4, households.Count);
        Assert.All(households, household => Assert.Empty(rules.Check(household, test)));
        Assert.Equal(heads, households.Select(household => household.HeadIdNumber).ToHashSet());
    }

    [Fact]
    public void No_place_of_the_numbers_ever_existed() => Assert.All(
        Enumerable.Range(0, 100), i => Assert.False(PlaceCodes.EverExisted($"{IdNumberPlan.NoPrefecture}{i:00}")));

    [Fact]
    public void No_number_is_given_twice_and_there_are_enough_for_a_province()
    {
        Assert.Equal(Size, Workers.Select(worker => worker.IdNumber).Distinct().Count());
        Assert.InRange(new IdNumberPlan(7, Options.AsOf).Count, 100_000_000, long.MaxValue);
    }

    [Fact]
    public void A_permutation_gives_each_number_once()
    {
        var order = new Permutation(10_007, 3);

        var numbers = Enumerable.Range(0, 10_007).Select(i => (int)order[i]).ToList();

        Assert.NotEqual(Enumerable.Range(0, 10_007), numbers);
        Assert.Equal(Enumerable.Range(0, 10_007), numbers.Order());
        Assert.Throws<ArgumentOutOfRangeException>(() => order[10_007]);
    }

    [Fact]
    public void Schooling_has_the_published_shares()
    {
        AssertShare(0.252, worker => worker.Schooling.Band is SchoolingBand.None or SchoolingBand.Primary);
        AssertShare(0.57, worker => worker.Schooling.Band == SchoolingBand.Junior);
        AssertShare(0.123, worker => worker.Schooling.Band == SchoolingBand.Senior);
        AssertShare(0.055, worker => worker.Schooling.Band >= SchoolingBand.College);
    }

    [Fact]
    public void Sex_people_card_households_and_moves_have_their_shares()
    {
        AssertShare(0.516, worker => worker.Sex == Sex.Male);
        AssertShare(0.895, worker => worker.EthnicityCode == "01");
        AssertShare(0.215, worker => worker.CardStatusHistory.Count > 0);
        AssertShare(0.62, worker => worker.EmploymentStatus == EmploymentStatus.Transferred);
        var households = new Population(Options).Households().ToList();
        var moved = households.Count(household => household.Relocation is not null);
        Assert.InRange(moved, households.Count * 0.045, households.Count * 0.07);
    }

    [Fact]
    public void Ages_lie_between_16_and_60_on_the_day()
    {
        var ages = Workers.Select(worker => Ages.At(DateOf(worker), Options.AsOf)).ToList();

        Assert.Equal((16, 60), (ages.Min(), ages.Max()));
        Assert.InRange(ages.Average(), 36, 41);
    }

    [Fact]
    public void Places_are_townships_of_Zhaotong_by_their_people()
    {
        var counties = Workers.CountBy(worker => worker.RegisteredPlace.DivisionCode[..6]).ToDictionary();

        Assert.Equal(11, counties.Count);
        Assert.All(Workers, worker => Assert.Equal("5306", worker.RegisteredPlace.DivisionCode[..4]));
        Assert.Equal("530627", counties.MaxBy(county => county.Value).Key);
        Assert.InRange(counties["530627"], Size * 0.25, Size * 0.29);
        Assert.InRange(Workers.DistinctBy(worker => worker.RegisteredPlace.DivisionCode).Count(), 140, 150);
    }

    [Fact]
    public void Card_histories_begin_in_poverty_and_telephones_belong_to_no_operator()
    {
        Assert.All(
            Workers.Where(worker => worker.CardStatusHistory.Count > 1),
            worker => Assert.Equal(CardStatus.Poor, worker.CardStatusHistory[0].Status));
        Assert.All(Workers, worker => Assert.Matches("^(154[0-9]{8})?$", worker.Phone));
    }

    [Fact]
    public void The_same_seed_and_number_give_the_same_worker_however_many_are_made()
    {
        var more = new Population(new GeneratorOptions { Workers = 2_000_000, Seed = 7 });

        Assert.All([0, 1, 17, 9_999, Size - 1], i => Assert.Equal(Workers[i], more.WorkerAt(i).Worker));
        Assert.Equal(Workers.Take(500), more.Workers().Take(500).Select(member => member.Worker));
        Assert.NotEqual(Workers[0], new Population(new GeneratorOptions { Seed = 8 }).WorkerAt(0).Worker);
    }

    [Fact]
    public void A_seed_means_the_same_on_every_machine()
    {
        // A change here makes every seed mean something else: demonstrations and figures that name one must be made
        // again.
        var generator = new RecordGenerator(new GeneratorOptions { Workers = 200, Vacancies = 200, Seed = 1 });
        var bytes = generator.SendingSide().Concat(generator.ReceivingSide())
            .SelectMany(record => record.Payload.ToByteArray())
            .ToArray();

        Assert.Equal(
            "078ec8cc193f7921379d440a3e864480e99c4e0ddcc4555f7027f41efa8160b4",
            Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(13, 5)]
    public void Any_number_of_workers_can_be_asked_for(int workers, int leastHouseholds)
    {
        var population = new Population(new GeneratorOptions { Workers = workers });

        Assert.Equal(workers, population.Workers().Count());
        Assert.InRange(population.HouseholdCount, leastHouseholds, leastHouseholds + 4);
        Assert.Equal(population.HouseholdCount, population.Households().Count());
    }

    private static void AssertShare(double expected, Func<Worker, bool> test)
    {
        // Members of a household share some traits, so the spread is that of households: four times the standard error.
        var tolerance = 4 * Math.Sqrt(expected * (1 - expected) / (Size / 2.5));
        Assert.InRange(Workers.Count(test) / (double)Size, expected - tolerance, expected + tolerance);
    }

    private static DateOnly DateOf(Worker worker) =>
        new(worker.BirthDate.Year, worker.BirthDate.Month, worker.BirthDate.Day);
}
