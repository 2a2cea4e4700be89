using Exchange.Node.Matching;
using Exchange.Node.Tests.Architecture;
using Exchange.Node.Tests.Records;
using Exchange.Node.Tests.Reporting;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Xunit;

namespace Exchange.Node.Tests.Matching;

/// <summary>What matching may not read changes no score, no reason and no order.</summary>
public sealed class MatchFieldsTests
{
    private const int Workers = 150;
    private const string County = "530629101";

    private static readonly DateOnly Today = new(2026, 3, 1);

    // As many as there are ways for a worker's own words to name one.
    private static readonly string[] Trades = ["制鞋工", "缝纫工", "普工", "电子装接工"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_other_field_of_a_worker_may_change_and_the_answer_stays(int seed)
    {
        var random = new Random(seed);
        await using var bench = await FigureBench.OpenAsync();
        var desk = new MatchDesk(bench.Book);
        var house = await bench.AddAsync(
            new Household { HeadName = "王大山", Relocation = new Relocation { Settlement = "某安置区" } });
        var workers = new Dictionary<string, Worker>();
        for (var i = 0; i < Workers; i++)
        {
            var worker = Draw(random);
            worker.HouseholdId = random.Next(3) == 0 ? house : "";
            workers.Add(await bench.AddAsync(worker), worker);
        }

        await bench.FlushAsync();
        var posts = Enumerable.Range(0, 5).Select(_ => Post(random)).ToList();
        var before = await AnswersAsync(desk, posts);
        Assert.Contains(before, answer => answer.Count > 0);

        foreach (var (id, worker) in workers)
        {
            Disturb(worker, random);
            await bench.AddAsync(worker, id);
            await bench.AddAsync(new DepartureReview { WorkerId = id, DoneDate = Samples.Date(2026, 1, 1) });
        }

        await bench.FlushAsync();
        Assert.Equal(before, await AnswersAsync(desk, posts));
    }

    [Fact]
    public async Task What_is_listed_does_change_it()
    {
        await using var bench = await FigureBench.OpenAsync();
        var desk = new MatchDesk(bench.Book);
        var worker = Draw(new Random(1));
        (worker.BirthDate, worker.EmploymentStatus) = (Samples.Date(1990, 1, 1), EmploymentStatus.NotEmployed);
        worker.Willingness = new Willingness { Kind = WillingnessKind.Transfer };
        var id = await bench.AddAsync(worker);
        await bench.FlushAsync();
        var post = new Vacancy { Title = "制鞋工", Status = VacancyStatus.Open };
        var before = Assert.Single((await AnswersAsync(desk, [post]))[0]);

        worker.Willingness.Occupations.Add(Samples.Shoemaker());
        await bench.AddAsync(worker, id);
        await bench.FlushAsync();

        Assert.True(Assert.Single((await AnswersAsync(desk, [post]))[0]).Score > before.Score);
    }

    [Fact]
    public void The_contract_and_the_manual_name_every_field_that_is_read()
    {
        var comment = SourceTree.Text("protos/exchange/v1/matching_service.proto");
        var manual = SourceTree.Text("docs/operating/matching.md");

        Assert.All(
            MatchFields.OfWorker.Concat(MatchFields.OfHousehold),
            path => Assert.Contains($"`{path}`", manual, StringComparison.Ordinal));
        Assert.All(
            MatchFields.OfWorker, path => Assert.Contains(path.Split('.')[^1], comment, StringComparison.Ordinal));
        Assert.All(MatchFields.OfWorker, path => Assert.NotNull(Find(Worker.Descriptor, path)));
        Assert.All(MatchFields.OfHousehold, path => Assert.NotNull(Find(Household.Descriptor, path)));
    }

    [Fact]
    public void Every_reason_of_the_contract_has_its_words() =>
        Assert.Equal(
            Enum.GetValues<MatchReasonType>().Where(type => type != default).Order(), MatchReasons.All.Order());

    private static async Task<List<IReadOnlyList<Ranked>>> AnswersAsync(MatchDesk desk, IEnumerable<Vacancy> posts)
    {
        var answers = new List<IReadOnlyList<Ranked>>();
        foreach (var post in posts)
        {
            var ranking = new Ranking(Workers, after: null);
            await desk.RankWorkersAsync(post, "", Today, ranking, default);
            answers.Add(ranking.Best());
        }

        return answers;
    }

    private static Worker Draw(Random random)
    {
        var worker = new Worker
        {
            Name = "王小明",
            BirthDate = Samples.Date(random.Next(1950, 2012), random.Next(1, 13), random.Next(1, 29)),
            RegisteredPlace = Samples.Place(County, "威信县扎西镇"),
            EmploymentStatus = (EmploymentStatus)random.Next(0, 7),
            Schooling = new Schooling { Band = (SchoolingBand)random.Next(0, 6) },
            Willingness = new Willingness
            {
                Kind = (WillingnessKind)random.Next(0, 4),
                Pay = new PayRange { Currency = "CNY", MinMinor = random.Next(20, 60) * 10_000, Unit = PayUnit.Month },
                Places = { Samples.Place(random.Next(2) == 0 ? "4419" : "31", "某地") },
            },
        };
        Disturb(worker, random);
        worker.Willingness.Occupations.Add(new Occupation { Words = Trades[random.Next(Trades.Length)] });
        worker.Skills.Add(new Skill { Occupation = new Occupation { Words = Trades[random.Next(Trades.Length)] } });
        return worker;
    }

    private static Vacancy Post(Random random) => new()
    {
        Title = Trades[random.Next(Trades.Length)],
        WorkPlace = Samples.Place("441900118", "东莞市大岭山镇"),
        Status = VacancyStatus.Open,
        MaxAge = random.Next(40, 60),
        MinSchooling = new Schooling { Band = (SchoolingBand)random.Next(0, 4) },
        Pay = Samples.Pay(),
        ReservedPosts = { new ReservedPosts { Group = (ReservedGroup)random.Next(1, 4), Headcount = 2 } },
    };

    // Everything of a worker that isn't on the list, whatever field a later contract adds.
    private static void Disturb(Worker worker, Random random)
    {
        var (wants, household) = (worker.Disability?.WantsReservedPost ?? random.Next(2) == 0, worker.HouseholdId);
        var read = MatchFields.OfWorker.Select(path => path.Split('.')[0]).ToHashSet();
        foreach (var field in Worker.Descriptor.Fields.InDeclarationOrder().Where(field => !read.Contains(field.Name)))
        {
            Change(worker, field, random);
        }

        worker.Name = random.Next(2) == 0 ? "张大江" : "李小河";
        worker.EthnicityCode = random.Next(2) == 0 ? "06" : "01";
        worker.Phone = random.Next(2) == 0 ? "13812345678" : "";
        worker.HouseholdId = household;
        worker.ResidencePlace = Samples.Place(random.Next(2) == 0 ? "530629" : "4420", "某地");
        worker.Disability = new Disability
        {
            Class = random.Next(0, 8),
            Grade = random.Next(0, 5),
            WantsReservedPost = wants,
        };
        worker.Schooling.Words = random.Next(2) == 0 ? "初中" : "";
        worker.Willingness.CannotLeaveWords = random.Next(2) == 0 ? "患病" : "";
        worker.Willingness.SurveyedDate = Samples.Date(2026, 1, random.Next(1, 29));
    }

    private static void Change(Worker worker, FieldDescriptor field, Random random)
    {
        if (field is { FieldType: FieldType.Enum, IsRepeated: false })
        {
            field.Accessor.SetValue(worker, field.EnumType.Values[random.Next(field.EnumType.Values.Count)].Number);
        }
        else if (field is { FieldType: FieldType.Bool })
        {
            field.Accessor.SetValue(worker, random.Next(2) == 0);
        }
        else if (field.Name == "support_needs")
        {
            worker.SupportNeeds.Clear();
            worker.SupportNeeds.Add((SupportNeed)random.Next(1, 6));
        }
        else if (field is { FieldType: FieldType.String, Name: not ("id_number" or "phone" or "ethnicity_code") })
        {
            field.Accessor.SetValue(worker, random.Next(2) == 0 ? "无" : "其他");
        }
    }

    private static FieldDescriptor? Find(MessageDescriptor message, string path)
    {
        FieldDescriptor? field = null;
        foreach (var name in path.Split('.'))
        {
            field = (field?.MessageType ?? message).FindFieldByName(name);
            if (field is null)
            {
                return null;
            }
        }

        return field;
    }
}
