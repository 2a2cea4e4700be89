using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Reporting;

/// <summary>
/// Records whose figures are those that were published: people, placements, payments, classes, fairs of the counties of
/// the reports. Zhenxiong's, which were printed in 万 with two places, are a hundredth of their size.
/// </summary>
public sealed class PublishedFiguresFixture : IAsyncLifetime
{
    internal const string Zhaotong = "5306";
    internal const string Weixin = "530629";
    internal const string Qiaojia = "530622";
    internal const string Zhenxiong = "530627";
    internal const string Pingli = "610926";
    internal const string Yunnan = "53";

    private const string Dongguan = "441900118";
    private const string Zhejiang = "3301";

    private FigureWorld _world = null!;

    internal FigureBench Bench { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Bench = await FigureBench.OpenAsync();
        _world = new FigureWorld(Bench);
        await SeedWeixinAsync();
        await SeedQiaojiaAsync();
        await SeedZhenxiongAsync();
        await SeedPingliAsync();
        await SeedFairsAsync();
        await Bench.FlushAsync();
    }

    public async Task DisposeAsync() => await Bench.DisposeAsync();

    // S1: 36,594 card workers, of whom 28,758 began work in 2018; 63,889 times since 2016.
    private async Task SeedWeixinAsync()
    {
        var workers = await WorkersAsync(Weixin, 36_594, card: true);
        await _world.WorkerAsync(Weixin);
        var placements = new List<string>();
        for (var i = 0; i < 28_758; i++)
        {
            var place = i < 2_348 ? Dongguan : i < 18_962 ? Zhejiang : i < 20_408 ? Zhenxiong : Weixin;
            var organised = i < 2_348 ? Organisation.Organised : Organisation.Spontaneous;
            placements.Add(await _world.PlaceAsync(
                workers[i], place, 2018, 1 + (i % 12), happened => happened.Organisation = organised));
        }

        for (var i = 0; i < 63_889 - 28_758; i++)
        {
            await _world.PlaceAsync(workers[i % workers.Count], Zhejiang, 2016 + (i % 2), 3);
        }

        await TrainAsync(Weixin, workers, 7_379, card: true, _ => TrainingOutcome.None);
        await PayAsync("稳岗补贴", SubsidyKind.StableJob, workers, placements, 380, _ => 100_000);

        // 24 more payments than workers out of the province: 24 were paid twice.
        await PayAsync(
            "交通补助", SubsidyKind.Transport, workers, placements, 18_986, i => i < 5_239 ? 100_000 : 30_000, most: 18_962);
        await PayAsync("就业补助", SubsidyKind.Employment, workers, placements, 6_065, _ => 30_000);
    }

    // S1: 24,974 in 2019; 1,724 came home in 2020, 1,061 of them card holders.
    private async Task SeedQiaojiaAsync()
    {
        var workers = await WorkersAsync(Qiaojia, 24_974, card: true);
        for (var i = 0; i < workers.Count; i++)
        {
            var place = i < 961 ? Dongguan : i < 961 + 18_093 ? "5301" : Zhejiang;
            await _world.PlaceAsync(workers[i], place, 2019, 3);
        }

        LeaveReason[] reasons = [LeaveReason.EmployerStopped, LeaveReason.LaidOff, LeaveReason.OwnWish];
        for (var i = 0; i < 1_724; i++)
        {
            var isCard = i < 1_061;
            var isReplaced = isCard ? i < 915 : i < 1_061 + 497;
            await Bench.AddAsync(new ReturnHome
            {
                WorkerId = workers[i],
                Place = Samples.Place(Qiaojia, "巧家县"),
                ReturnedDate = Samples.Date(2020, 2, 1 + (i % 28)),
                Reason = reasons[i % reasons.Length],
                WantsToLeave = true,
                CardHolder = isCard,
                ReplacedDate = isReplaced ? Samples.Date(2020, 5, 1) : null,
                ReplacedDivisionCode = isReplaced ? Zhejiang : "",
            });
        }
    }

    // S1: 66.74万 of 77.83万, and of card workers 26.5万 of 30.2万, at a hundredth.
    private async Task SeedZhenxiongAsync()
    {
        for (var i = 0; i < 7_783; i++)
        {
            var card = i < 3_020;
            var away = card ? i < 2_650 : i < 3_020 + (6_674 - 2_650);
            await _world.WorkerAsync(Zhenxiong, card, worker => worker.EmploymentStatus =
                away ? EmploymentStatus.Transferred : EmploymentStatus.NotEmployed);
        }
    }

    // S3: of 13,865 poor workers 928 + 137 + 967 came to something after training in 2018.
    private async Task SeedPingliAsync()
    {
        var workers = await WorkersAsync(Pingli, 13_865, card: true);
        await TrainAsync(Pingli, workers, 2_032, card: true, i =>
            i < 928 ? TrainingOutcome.Employed
            : i < 928 + 137 ? TrainingOutcome.StartUp : TrainingOutcome.Industry);
    }

    // S2: 85 fairs in the first half of 2017, of which 13 + 56 + 9 are told apart.
    private async Task SeedFairsAsync()
    {
        for (var i = 0; i < 85; i++)
        {
            await Bench.AddAsync(new JobFair
            {
                Title = "招聘会",
                Place = Samples.Place(Zhaotong, "昭通市"),
                HeldDate = Samples.Date(2017, 1 + (i % 6), 10),
                Level = i < 13 ? JobFairLevel.CityOrCounty
                    : i < 69 ? JobFairLevel.Township : i < 78 ? JobFairLevel.Special : JobFairLevel.Unspecified,
            });
        }
    }

    private async Task<List<string>> WorkersAsync(string division, int count, bool card)
    {
        var workers = new List<string>();
        for (var i = 0; i < count; i++)
        {
            workers.Add(await _world.WorkerAsync(division, card));
        }

        return workers;
    }

    private async Task TrainAsync(
        string division, List<string> workers, int count, bool card, Func<int, TrainingOutcome> outcome)
    {
        var held = await Bench.AddAsync(new TrainingClass
        {
            Title = "技能培训",
            Kind = TrainingKind.Skill,
            Place = Samples.Place(division, "某县"),
            ProviderName = "某学校",
            StartDate = Samples.Date(2018, 3, 1),
            EndDate = Samples.Date(2018, 6, 1),
        });
        for (var i = 0; i < count; i++)
        {
            await Bench.AddAsync(new Enrolment
            {
                TrainingClassId = held,
                WorkerId = workers[i],
                Place = Samples.Place(division, "某县"),
                Status = EnrolmentStatus.Completed,
                CardHolder = card,
                Outcome = outcome(i),
                OutcomeDate = Samples.Date(2018, 12, 1),
            });
        }
    }

    private async Task PayAsync(
        string name,
        SubsidyKind kind,
        List<string> workers,
        List<string> placements,
        int count,
        Func<int, long> amount,
        int most = int.MaxValue)
    {
        var policy = await Bench.AddAsync(new SubsidyPolicy
        {
            Name = name,
            Kind = kind,
            Recipient = SubsidyRecipient.Worker,
            Version = "2018-1",
            Place = Samples.Place(Weixin, "威信县"),
            PayerWords = "威信县人力资源和社会保障局",
            FromDate = Samples.Date(2018, 1, 1),
            Tiers = { new SubsidyTier { AmountFen = 100_000 }, new SubsidyTier { AmountFen = 30_000 } },
            Period = SubsidyPeriod.EachPlacement,
        });
        for (var i = 0; i < count; i++)
        {
            await Bench.AddAsync(new SubsidyPayment
            {
                SubsidyPolicyId = policy,
                WorkerId = workers[i % most],
                PlacementId = placements[i % most],
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                AmountFen = amount(i),
                ConditionMetDate = Samples.Date(2018, 12, 1),
                ForYear = 2018,
                State = PaymentState.Paid,
                StateDate = Samples.Date(2018, 12, 20),
            });
        }
    }
}
