using Exchange.Node.Tests.Money;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using MatchingService = Exchange.V1.MatchingService;
using MessageService = Exchange.V1.MessageService;
using PublicService = Exchange.V1.PublicService;
using SubsidyService = Exchange.V1.SubsidyService;

namespace Exchange.Node.Tests.Records;

/// <summary>One record that a disk spoiled: whoever asks for it by its id is told, and each desk goes on without it.</summary>
public sealed class DamagedDesksTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private TestNode _node = null!;
    private PlacedWorker _put = null!;

    public async Task InitializeAsync()
    {
        _node = await DamagingStore.StartAsync("zhaotong", _time);
        _put = new PlacedWorker(_node);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    private MessageService.MessageServiceClient Messages => new(_node.Channel);

    private SubsidyService.SubsidyServiceClient Subsidies => new(_node.Channel);

    [Fact]
    public async Task A_damaged_vacancy_is_told_of_whoever_asks_for_it_by_its_id()
    {
        var damaged = await _put.PutVacancyAsync();
        Damage("vacancy", damaged);

        var vacancy = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Vacancies.GetVacancyAsync(new GetVacancyRequest { Id = damaged }));
        var record = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Records.GetRecordAsync(new GetRecordRequest { Kind = "vacancy", Id = damaged }));

        Assert.All([vacancy, record], error => Assert.Equal(
            (StatusCode.DataLoss, "ERROR_REASON_RECORD_DAMAGED"), (error.StatusCode, error.Reason())));
    }

    [Fact]
    public async Task A_damaged_vacancy_is_left_out_of_every_list()
    {
        var (damaged, sound) = (await _put.PutVacancyAsync(), await _put.PutVacancyAsync());
        Damage("vacancy", damaged);

        var records = await _node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "vacancy" });
        var vacancies = await _node.Vacancies.ListVacanciesAsync(new ListVacanciesRequest());
        var open = await new PublicService.PublicServiceClient(_node.Nobody).ListOpenVacanciesAsync(
            new ListOpenVacanciesRequest());

        Assert.Equal(sound, Assert.Single(records.Records).Id);
        Assert.Equal(sound, Assert.Single(vacancies.Vacancies).Id);
        Assert.Equal(sound, Assert.Single(open.Vacancies).Id);
    }

    [Fact]
    public async Task Contacts_are_due_beside_a_damaged_one()
    {
        var worker = await _put.PutWorkerAsync();
        var planned = new Contact
        {
            WorkerId = worker,
            State = ContactState.Planned,
            PlannedDate = Samples.Date(2026, 3, 1),
        };
        var damaged = await _put.PutAsync("contact", planned);
        planned.PlannedDate = Samples.Date(2026, 2, 1);

        // The damaged one may have said that no more is wanted.
        await _put.PutAsync("contact", planned);
        planned.WorkerId = await _put.PutWorkerAsync();
        var sound = await _put.PutAsync("contact", planned);
        Damage("contact", damaged);

        var listed = await Messages.ListDueContactsAsync(new ListDueContactsRequest());

        Assert.Equal(sound, Assert.Single(listed.Contacts).ContactId);
    }

    [Fact]
    public async Task The_outbox_is_collected_beside_a_damaged_message_and_one_to_a_damaged_worker()
    {
        var vacancy = await _put.PutVacancyAsync();
        var workers = new List<string>();
        var messages = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            workers.Add(await _put.PutWorkerAsync());
            var made = await Messages.RenderDigestAsync(new RenderDigestRequest
            {
                Channel = MessageChannel.Sms,
                VacancyIds = { vacancy },
                WorkerIds = { workers[i] },
            });
            messages.Add(made.MessageIds[0]);
        }

        Damage("outbox_message", messages[0]);
        Damage("worker", workers[1]);

        using var call = Messages.CollectOutbox(
            new CollectOutboxRequest { Channel = MessageChannel.Sms, UnmaskPurpose = "SMS gateway" });
        var collected = await call.ResponseStream.ReadAllAsync().ToListAsync();

        Assert.Equal(messages[2], Assert.Single(collected).MessageId);
        var waiting = await _node.Records.GetRecordAsync(
            new GetRecordRequest { Kind = "outbox_message", Id = messages[1] });
        Assert.Equal(MessageState.Waiting, waiting.Record.Payload.Unpack<OutboxMessage>().State);
    }

    [Fact]
    public async Task A_worker_who_was_damaged_since_is_proposed_no_more_and_others_are()
    {
        var vacancy = await _put.PutVacancyAsync();
        var (damaged, sound) = (await _put.PutWorkerAsync(), await _put.PutWorkerAsync());
        var matching = new MatchingService.MatchingServiceClient(_node.Channel);
        var request = new MatchVacancyRequest { VacancyId = vacancy };
        Assert.Equal(2, (await matching.MatchVacancyAsync(request)).Matches.Count);
        Damage("worker", damaged);

        var matched = await matching.MatchVacancyAsync(request);

        Assert.Equal(sound, Assert.Single(matched.Matches).WorkerId);
    }

    [Fact]
    public async Task The_divisions_are_listed_beside_a_damaged_one()
    {
        Division New(string code) =>
            new() { Code = code, Name = "甲县", Level = DivisionLevel.County, ParentCode = "5306" };
        var damaged = await _put.PutAsync("division", New("530682"));
        await _put.PutAsync("division", New("530683"));
        Damage("division", damaged);

        var listed = (await new DivisionService.DivisionServiceClient(_node.Channel).ListChildDivisionsAsync(
            new ListChildDivisionsRequest { Code = "5306" })).Divisions.Select(division => division.Code).ToList();

        Assert.Contains("530683", listed);
        Assert.DoesNotContain("530682", listed);
    }

    [Fact]
    public async Task Targets_are_checked_beside_damaged_ones()
    {
        Target New(long number, string parent = "") => new()
        {
            Title = "2018年目标",
            Place = Samples.Place("530629", "威信县"),
            Measure = Measure.Transferred,
            Counting = Counting.Persons,
            FromDate = Samples.Date(2018, 1, 1),
            ToDate = Samples.Date(2018, 12, 31),
            Number = number,
            TargetId = parent,
        };
        var whole = await _put.PutAsync("target", New(3));
        var sound = await _put.PutAsync("target", New(1, whole));
        Damage("target", await _put.PutAsync("target", New(2, whole)));

        using var call = new FigureService.FigureServiceClient(_node.Channel).CheckTargets(
            new CheckTargetsRequest { DivisionCode = "5306", Year = 2018 });
        var checks = await call.ResponseStream.ReadAllAsync().ToDictionaryAsync(check => check.TargetId);

        Assert.Equal(new[] { whole, sound }.Order(StringComparer.Ordinal), checks.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(1, checks[whole].ChildCount);
    }

    [Fact]
    public async Task Payments_are_checked_beside_damaged_ones_and_a_damaged_policy()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        var policy = await placed.PutAsync("subsidy_policy", PlacedWorker.Policy());
        var second = PlacedWorker.Policy();
        second.Version = "2018-2";
        var damagedPolicy = await placed.PutAsync("subsidy_policy", second);
        Damage("subsidy_payment", await placed.PutAsync("subsidy_payment", placed.Payment(policy)));
        await placed.PutAsync("subsidy_payment", placed.Payment(policy));
        var unknown = await placed.PutAsync("subsidy_payment", placed.Payment(damagedPolicy));
        Damage("subsidy_policy", damagedPolicy);

        using var call = Subsidies.CheckPayments(new CheckPaymentsRequest());
        var found = Assert.Single(await call.ResponseStream.ReadAllAsync().ToListAsync());

        Assert.Equal((PaymentFinding.PolicyUnknown, unknown), (found.Finding, found.SubsidyPaymentIds.Single()));
    }

    [Fact]
    public async Task Of_a_damaged_worker_a_claim_knows_nothing_and_a_damaged_payment_isnt_paid_once_more()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        await placed.HappenAsync(PlacementEventType.Checked3Months, Samples.Date(2018, 6, 10));
        var policy = await placed.PutAsync("subsidy_policy", PlacedWorker.Policy());
        var payment = await placed.PutAsync("subsidy_payment", placed.Payment(policy));
        var request = new ExplainEligibilityRequest
        {
            SubsidyPolicyId = policy,
            PlacementId = placed.Placement,
            Date = Samples.Date(2018, 10, 1),
        };
        Damage("worker", placed.Worker);

        var explained = await Subsidies.ExplainEligibilityAsync(request);
        Damage("subsidy_payment", payment);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Subsidies.ExplainEligibilityAsync(request));

        Assert.Contains(
            EligibilityRule.Region,
            explained.Rules.Where(rule => rule.Verdict == RuleVerdict.Unknown).Select(rule => rule.Rule));
        Assert.Equal("ERROR_REASON_RECORD_DAMAGED", refused.Reason());
    }

    private void Damage(string kind, string id) => DamagingStore.Damage(_node, kind, id);
}
