using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using MatchingService = Exchange.V1.MatchingService;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Matching;

/// <summary>Proposals over the wire: who is among them, who isn't and why, and who may ask.</summary>
public sealed class MatchingServiceTests : IAsyncLifetime
{
    private const string Weixin = "530629";

    private readonly ManualTime _time = new();
    private TestNode _node = null!;
    private PlacedWorker _put = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync("zhaotong", _time);
        _put = new PlacedWorker(_node);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    private MatchingService.MatchingServiceClient Matching => new(_node.Channel);

    [Fact]
    public async Task The_best_comes_first_masked_and_page_by_page()
    {
        var vacancy = await VacancyAsync();
        var plain = await WorkerAsync("李四");
        var keen = await WorkerAsync("王小明", worker => worker.Willingness = Samples.Worker().Willingness);
        var request = new MatchVacancyRequest { VacancyId = vacancy, PageSize = 1 };

        var first = await Matching.MatchVacancyAsync(request);
        request.PageToken = first.NextPageToken;
        var second = await Matching.MatchVacancyAsync(request);

        var best = Assert.Single(first.Matches);
        Assert.Equal((keen, "王**", Weixin + "101", true), (best.WorkerId, best.Name, best.DivisionCode, best.Suited));
        Assert.Equal(best.Reasons.Sum(reason => reason.Weight), best.Score);
        Assert.Equal(MatchReasonType.TradeWanted, best.Reasons[0].Type);
        Assert.All(best.Reasons, reason => Assert.False(string.IsNullOrEmpty(reason.WordsZh + reason.WordsEn)));
        Assert.Equal(plain, Assert.Single(second.Matches).WorkerId);
        Assert.Equal((2, 2, ""), (first.SuitedCount, second.SuitedCount, second.NextPageToken));
        Assert.Equal(1, await ReadsAsync(keen));
    }

    [Fact]
    public async Task Who_isnt_proposed_is_told_why_when_asked_by_name()
    {
        var vacancy = await VacancyAsync();
        var child = await WorkerAsync("小明", worker => worker.BirthDate = Samples.Date(2012, 1, 1));
        var placed = await PlacedWorker.PutAsync(_node);

        var suited = await Matching.MatchVacancyAsync(new MatchVacancyRequest { VacancyId = vacancy });
        var asked = await Matching.MatchVacancyAsync(
            new MatchVacancyRequest { VacancyId = vacancy, WorkerIds = { child, placed.Worker } });
        var none = await Matching.MatchWorkerAsync(new MatchWorkerRequest { WorkerId = child });

        Assert.Empty(suited.Matches);
        Assert.All(asked.Matches, match => Assert.False(match.Suited));
        Assert.Equal(0, asked.SuitedCount);
        Assert.Equal(MatchReasonType.Under16, asked.Matches.Single(match => match.WorkerId == child).Reasons[0].Type);
        Assert.Equal(
            (MatchReasonType.InPlacement, MatchEffect.Excludes),
            asked.Matches.Where(match => match.WorkerId == placed.Worker)
                .Select(match => (match.Reasons[0].Type, match.Reasons[0].Effect)).Single());
        Assert.Empty(none.Matches);
        Assert.Equal(MatchReasonType.Under16, Assert.Single(none.ReasonsAgainst).Type);

        await placed.HappenAsync(PlacementEventType.Left, Samples.Date(2019, 1, 1));
        suited = await Matching.MatchVacancyAsync(new MatchVacancyRequest { VacancyId = vacancy });
        Assert.Equal(placed.Worker, Assert.Single(suited.Matches).WorkerId);
    }

    [Fact]
    public async Task Who_is_frozen_or_has_withdrawn_is_out()
    {
        var vacancy = await VacancyAsync();
        var frozen = await WorkerAsync("王一");
        var withdrew = await WorkerAsync("王二", basis: new LegalBasis
        {
            Kind = LegalBasisKind.Consent,
            Consents =
            {
                new Consent { Version = 1, RecipientNode = "zhaotong", Purpose = "placement" },
                new Consent { Version = 2, RecipientNode = "zhaotong", Purpose = "placement", Withdrawn = true },
            },
        });
        var request = new MatchVacancyRequest { VacancyId = vacancy };
        Assert.Equal(frozen, Assert.Single((await Matching.MatchVacancyAsync(request)).Matches).WorkerId);

        await new SubjectService.SubjectServiceClient(_node.Channel).RestrictSubjectAsync(
            new RestrictSubjectRequest { SubjectId = frozen });

        Assert.Empty((await Matching.MatchVacancyAsync(request)).Matches);
        Assert.Empty((await Matching.MatchWorkerAsync(new MatchWorkerRequest { WorkerId = withdrew })).Matches);
        var asked = await Matching.MatchVacancyAsync(
            new MatchVacancyRequest { VacancyId = vacancy, WorkerIds = { withdrew } });
        Assert.Contains(
            MatchReasonType.ConsentWithdrawn, Assert.Single(asked.Matches).Reasons.Select(reason => reason.Type));
    }

    [Fact]
    public async Task A_notice_that_asks_for_a_sex_is_held_and_nobody_is_proposed_for_it()
    {
        var item = new PutRecordItem
        {
            Record = new Record { Kind = "vacancy", Payload = Any.Pack(PlacedWorker.Vacancy(post => post.Title = "女工优先")) },
        };

        var answer = (await _node.Records.BatchPutRecordsAsync(
            new BatchPutRecordsRequest { Items = { item } })).Answers[0];
        var held = (await _node.Vacancies.GetVacancyAsync(new GetVacancyRequest { Id = answer.Id })).Vacancy;
        var refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await Matching.MatchVacancyAsync(new MatchVacancyRequest { VacancyId = answer.Id }));

        Assert.Null(answer.Error);
        Assert.Equal(["女工优先"], answer.HeldTerms);
        Assert.Equal((VacancyStatus.Held, ["女工优先"]), (held.Vacancy.Status, held.Vacancy.HeldTerms));
        Assert.Equal("ERROR_REASON_VACANCY_NOT_OPEN", refused.Reason());
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
    }

    [Fact]
    public async Task A_worker_gets_the_open_vacancies_of_a_division()
    {
        var worker = await WorkerAsync("王小明", one => one.Willingness = Samples.Worker().Willingness);
        var near = await VacancyAsync();
        await VacancyAsync(post => post.WorkPlace = Samples.Place("3301", "杭州市"));
        await VacancyAsync(post => post.Status = VacancyStatus.Paused);
        await VacancyAsync(post => post.EndDate = Samples.Date(2020, 1, 1));
        await VacancyAsync(post => (post.Headcount, post.FilledCount) = (1, 1));

        var everywhere = await Matching.MatchWorkerAsync(new MatchWorkerRequest { WorkerId = worker });
        var there = await Matching.MatchWorkerAsync(
            new MatchWorkerRequest { WorkerId = worker, DivisionCode = "4419" });

        Assert.Equal((2, near), (everywhere.Matches.Count, everywhere.Matches[0].VacancyId));
        Assert.Equal(near, Assert.Single(there.Matches).VacancyId);
    }

    [Fact]
    public async Task What_is_wanted_stands_beside_what_is_offered()
    {
        await WorkerAsync("王一", worker => worker.Willingness = Wish("制鞋", 600_000));
        await WorkerAsync("王二", worker =>
        {
            worker.Willingness = Wish("製鞋", 300_000);
            worker.Skills.Add(new Skill { Occupation = Samples.Shoemaker() });
        });
        await WorkerAsync("王三", worker => worker.Willingness = Wish("电工", 500_000));
        await VacancyAsync(post => (post.Headcount, post.FilledCount, post.Pay) = (50, 10, Samples.Pay()));
        await VacancyAsync(post => (post.Title, post.WorkPlace) = ("家政", Samples.Place("31", "上海市")));

        var all = await Matching.CompareLabourAsync(new CompareLabourRequest());
        var there = await Matching.CompareLabourAsync(new CompareLabourRequest { WorkDivisionCode = "4419" });

        Assert.Equal(
            [("制鞋", 2L, 1L, 1L, 40L, 300_000L, 550_000L, 1L), ("电工", 1, 0, 0, 0, 500_000, 0, 0), ("家政", 0, 0, 1, 0, 0, 0, 0)],
            all.Trades.Select(row => (
                row.Trade.Words, row.WantingCount, row.SkilledCount, row.VacancyCount, row.OpenCount, row.ExpectedFen,
                row.OfferedFen, row.AboveOfferCount)));
        Assert.Equal((3, 2, 500_000), (all.Total.WantingCount, all.Total.VacancyCount, all.Total.ExpectedFen));
        Assert.Equal((2, 1), (there.Trades.Count, there.Total.VacancyCount));
    }

    [Fact]
    public async Task Whoever_reaches_one_county_asks_about_it_alone()
    {
        var vacancy = await VacancyAsync(post => post.WorkPlace = Samples.Place(Weixin, "威信县"));
        var worker = await WorkerAsync("王小明");
        var own = new MatchingService.MatchingServiceClient(await PlacedWorker.ReaderOfAsync(_node, Weixin));
        var other = new MatchingService.MatchingServiceClient(await PlacedWorker.ReaderOfAsync(_node, "530627"));
        var inside = new MatchVacancyRequest { VacancyId = vacancy, DivisionCode = Weixin };

        Assert.Equal(worker, Assert.Single((await own.MatchVacancyAsync(inside)).Matches).WorkerId);
        await RefusedAsync(() => own.MatchVacancyAsync(new MatchVacancyRequest { VacancyId = vacancy }).ResponseAsync);
        await RefusedAsync(() => own.CompareLabourAsync(new CompareLabourRequest()).ResponseAsync);
        await RefusedAsync(() => other.MatchVacancyAsync(inside).ResponseAsync);
        await RefusedAsync(() => other.MatchWorkerAsync(new MatchWorkerRequest { WorkerId = worker }).ResponseAsync);
    }

    [Theory]
    [InlineData("household")]
    [InlineData("placement_event")]
    [InlineData("enrolment")]
    [InlineData("training_class")]
    public async Task Whoever_doesnt_reach_what_reasons_tell_of_asks_for_nothing(string missing)
    {
        var (vacancy, worker) = (await VacancyAsync(), await WorkerAsync("王小明"));
        string[] all = ["worker", "vacancy", "household", "placement_event", "enrolment", "training_class"];
        var whole = await ReaderOfAsync("whole", all);
        var partly = await ReaderOfAsync("partly", all.Except([missing]));
        var named = new MatchVacancyRequest { VacancyId = vacancy, WorkerIds = { worker } };
        var ranked = new MatchVacancyRequest { VacancyId = vacancy };
        var asked = new MatchWorkerRequest { WorkerId = worker };

        Assert.Single((await whole.MatchVacancyAsync(named)).Matches);
        Assert.Single((await whole.MatchVacancyAsync(ranked)).Matches);
        Assert.Single((await whole.MatchWorkerAsync(asked)).Matches);
        Assert.Equal(1, (await whole.CompareLabourAsync(new CompareLabourRequest())).Total.VacancyCount);
        await RefusedAsync(() => partly.MatchVacancyAsync(named).ResponseAsync);
        await RefusedAsync(() => partly.MatchVacancyAsync(ranked).ResponseAsync);
        await RefusedAsync(() => partly.MatchWorkerAsync(asked).ResponseAsync);
        await RefusedAsync(() => partly.CompareLabourAsync(new CompareLabourRequest()).ResponseAsync);
    }

    private async Task<MatchingService.MatchingServiceClient> ReaderOfAsync(string name, IEnumerable<string> kinds)
    {
        var made = await _node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential { Name = name, Roles = { Role.Reader }, Kinds = { kinds } },
        });
        return new MatchingService.MatchingServiceClient(_node.As(made.Token));
    }

    private static Willingness Wish(string trade, long fen) => new()
    {
        Kind = WillingnessKind.Transfer,
        Occupations = { new Occupation { Words = trade } },
        Pay = new PayRange { Currency = "CNY", MinMinor = fen, Unit = PayUnit.Month },
    };

    private static async Task RefusedAsync(Func<Task> call) =>
        Assert.Equal("ERROR_REASON_OUT_OF_REACH", (await Assert.ThrowsAsync<RpcException>(call)).Reason());

    private async Task<int> ReadsAsync(string id)
    {
        var audit = new AuditService.AuditServiceClient(_node.Channel);
        var page = await audit.QueryAuditAsync(new QueryAuditRequest { Id = id, Actions = { AuditAction.Read } });
        return page.Entries.Count;
    }

    private Task<string> VacancyAsync(Action<Vacancy>? change = null) => _put.PutVacancyAsync(change);

    private Task<string> WorkerAsync(string name, Action<Worker>? change = null, LegalBasis? basis = null) =>
        _put.PutWorkerAsync(
            worker =>
            {
                worker.Name = name;
                change?.Invoke(worker);
            },
            basis);
}
