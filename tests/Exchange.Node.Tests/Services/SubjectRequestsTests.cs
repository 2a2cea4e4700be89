using Exchange.Node.Subjects;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Audit;
using Exchange.Node.Tests.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Services;

/// <summary>What a person may ask for beside erasure: to see, to correct, and to learn what law keeps.</summary>
public sealed class SubjectRequestsTests : IAsyncLifetime
{
    private const string Purpose = "request of 2026-03-01";

    private AgreedNodes _nodes = null!;

    private V1.SubjectService.SubjectServiceClient Subjects => new(_nodes.Region.Channel);

    private AuditedNode Audited => new(_nodes.Region);

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_person_is_shown_everything_in_the_clear_and_who_was_given_it_and_that_is_noted_first()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await Subjects.RestrictSubjectAsync(new RestrictSubjectRequest { SubjectId = id });

        var (summary, records, given) = await ShowAsync(id);

        Assert.Equal((2u, 0u, "zhaotong"), (summary.OwnCount, summary.ForeignCount, summary.Node));
        var worker = Assert.Single(records, record => record.Kind == "worker");
        Assert.Equal(RecordState.Frozen, worker.State);
        Assert.Equal(18, worker.Payload.Unpack<Worker>().IdNumber.Length);
        Assert.DoesNotContain('*', worker.Payload.Unpack<Worker>().IdNumber);
        Assert.Equal("dongguan", Assert.Single(given).Node);
        var noted = await Audited.NewestAsync(AuditAction.SubjectShown);
        Assert.Equal((Purpose, 4), (noted.Purpose, noted.Targets.Sum(target => (int)target.Count) + 1));
    }

    [Fact]
    public async Task Nobody_is_shown_without_a_purpose_a_permission_or_anything_that_is_held()
    {
        var id = await _nodes.PutWorkerAsync();

        await FailsAsync(StatusCode.InvalidArgument, new ShowSubjectRequest { SubjectId = id });
        await FailsAsync(
            StatusCode.InvalidArgument, new ShowSubjectRequest { SubjectId = id, Purpose = "13800001234 asks" });
        await FailsAsync(
            StatusCode.NotFound, new ShowSubjectRequest { SubjectId = Guid.NewGuid().ToString(), Purpose = Purpose });
    }

    [Fact]
    public async Task A_correction_replaces_the_named_fields_alone_is_noted_as_such_and_reaches_who_was_given_the_record()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        var before = (await ShowAsync(id)).Records.Single(record => record.Kind == "worker").Payload.Unpack<Worker>();

        var done = await Subjects.CorrectSubjectAsync(Correction(id, "name"));
        await _nodes.SyncAsync();

        Assert.Equal(["dongguan"], done.Partners);
        var corrected = (await ShowAsync(id)).Records.Single(record => record.Kind == "worker");
        var after = corrected.Payload.Unpack<Worker>();
        Assert.Equal("欧阳更正", after.Name);
        before.Name = after.Name;
        Assert.Equal(before, after);
        var noted = await Audited.NewestAsync(AuditAction.Corrected);
        Assert.Equal((Purpose, "worker"), (noted.Purpose, Assert.Single(noted.Targets).Kind));
        var there = await _nodes.Town.Records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = id });
        Assert.Equal(corrected.Version, there.Record.Version);
    }

    [Theory]
    [InlineData("", StatusCode.InvalidArgument)]
    [InlineData("*", StatusCode.InvalidArgument)]
    [InlineData("nonsense", StatusCode.InvalidArgument)]
    public async Task A_correction_says_what_was_wrong(string path, StatusCode expected)
    {
        var id = await _nodes.PutWorkerAsync();

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Subjects.CorrectSubjectAsync(Correction(id, path)));

        Assert.Equal(expected, error.StatusCode);
        Assert.DoesNotContain("欧阳", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_of_somebody_else_is_no_part_of_a_persons_correction()
    {
        var correction = Correction(await _nodes.ReferWorkerAsync(), "amount_fen");
        (correction.Kind, correction.Id) = ("subsidy_payment", await PutPaymentAsync(Guid.CreateVersion7().ToString()));

        var error = await Assert.ThrowsAsync<RpcException>(
            async () => await Subjects.CorrectSubjectAsync(correction));

        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task What_law_keeps_is_held_apart_from_an_erasure_until_its_last_day_and_not_an_hour_longer()
    {
        var id = await _nodes.ReferWorkerAsync();
        var payment = await PutPaymentAsync(id);
        const int year = 2026; // That of the payment's state, however often it was frozen since.
        _nodes.Time.SetUtcNow(_nodes.Time.GetUtcNow().AddYears(2));
        await Subjects.RestrictSubjectAsync(new RestrictSubjectRequest { SubjectId = id });
        await Subjects.LiftRestrictionAsync(new LiftRestrictionRequest { SubjectId = id });

        var erased = (await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request" })).Erasure;
        await Subjects.LiftRestrictionAsync(new LiftRestrictionRequest { SubjectId = id });
        var again = (await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request" })).Erasure;

        Assert.Equal(erased, again);
        Assert.Equal(2u, erased.RecordCount);
        var kept = Assert.Single(erased.Retained);
        Assert.Equal(
            ("subsidy_payment", 1u, year + 30, 12, 31),
            (kept.Kind, kept.Count, kept.KeepUntil.Year, kept.KeepUntil.Month, kept.KeepUntil.Day));
        Assert.Contains("会计档案管理办法", kept.Provision, StringComparison.Ordinal);
        var shown = Assert.Single((await ShowAsync(id)).Records);
        Assert.Equal((payment, RecordState.Frozen), (shown.Id, shown.State));
        Assert.Equal(100_000, shown.Payload.Unpack<SubsidyPayment>().AmountFen);

        Assert.Equal((0, 1), (await EndAsync(year + 30, 12, 31), await EndAsync(year + 31, 1, 1)));
        var told = await _nodes.Region.Services.GetRequiredService<Erasures>().GetAsync(Guid.Parse(id), default);
        Assert.Equal((3u, 0), (told.RecordCount, told.Retained.Count));
        var store = _nodes.Region.Services.GetRequiredService<IRecordStore>();
        Assert.True((await store.GetAsync(new RecordKey("subsidy_payment", Guid.Parse(payment)), default))!.IsTombstone);
    }

    [Fact]
    public async Task A_household_that_is_held_apart_ends_with_its_day_though_nobody_leads_to_it_any_more()
    {
        await _nodes.RestartRegionAsync(data => File.WriteAllText(
            data.ConfigFile,
            File.ReadAllText(data.ConfigFile).Replace(
                "\"Store\": {",
                """
                "Retention": { "Rules": [ { "Kind": "household", "Years": 1, "Provision": "law" } ] },
                "Store": {
                """,
                StringComparison.Ordinal)));
        var id = await _nodes.PutWorkerAsync();
        var household = new Household { HeadName = "张小明", HeadIdNumber = "998801199001010014" };
        await _nodes.Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items = { new PutRecordItem { Record = new Record { Kind = "household", Payload = Any.Pack(household) } } },
        });

        var erased = await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request", WithHouseholds = true });
        var last = Assert.Single(erased.Erasure.Retained).KeepUntil;
        var counts = (await EndAsync(last.Year, 12, 31), await EndAsync(last.Year + 1, 1, 1));

        Assert.Equal((0, 1), counts);
        Assert.Equal(0, await EndAsync(last.Year + 1, 1, 2));
        var told = await _nodes.Region.Services.GetRequiredService<Erasures>().GetAsync(Guid.Parse(id), default);
        Assert.Equal((2u, 0), (told.RecordCount, told.Retained.Count));
    }

    [Fact]
    public async Task Kinds_beyond_the_callers_reach_are_counted_and_not_shown()
    {
        var id = await _nodes.ReferWorkerAsync();
        await PutPaymentAsync(id);
        await _nodes.SyncAsync();
        var credential = new Credential { Name = "limited", Roles = { Role.Desk }, Kinds = { "worker" } };
        var made = await _nodes.Region.Access.CreateCredentialAsync(
            new CreateCredentialRequest { Credential = credential });

        var (summary, records, given) = await ShowAsync(id, new(_nodes.Region.As(made.Token)));

        Assert.Equal((3u, 2u), (summary.OwnCount, summary.OutOfReachCount));
        Assert.Equal("worker", Assert.Single(records).Kind);
        Assert.Equal("worker", Assert.Single(Assert.Single(given).Views).Kind);
    }

    private Task<int> EndAsync(int year, int month, int day)
    {
        // Noon of that day in Asia/Shanghai.
        _nodes.Time.SetUtcNow(new DateTimeOffset(year, month, day, 12, 0, 0, TimeSpan.FromHours(8)));
        return _nodes.Region.Services.GetRequiredService<RetentionEnd>().RunAsync(default);
    }

    private async Task<string> PutPaymentAsync(string worker)
    {
        var payment = new SubsidyPayment
        {
            SubsidyPolicyId = Guid.CreateVersion7().ToString(),
            WorkerId = worker,
            SendingNode = "zhaotong",
            ReceivingNode = "dongguan",
            AmountFen = 100_000,
            ConditionMetDate = Samples.Date(2026, 2, 1),
            ForYear = 2026,
            State = PaymentState.Paid,
            StateDate = Samples.Date(2026, 2, 2),
        };
        var record = new Record { Kind = "subsidy_payment", Payload = Any.Pack(payment) };
        var answer = Assert.Single((await _nodes.Region.Records.BatchPutRecordsAsync(
            new BatchPutRecordsRequest { Items = { new PutRecordItem { Record = record } } })).Answers);
        Assert.Null(answer.Error);
        return answer.Id;
    }

    private static CorrectSubjectRequest Correction(string id, string path)
    {
        var request = new CorrectSubjectRequest
        {
            SubjectId = id,
            Kind = "worker",
            Payload = Any.Pack(new Worker { Name = "欧阳更正" }),
            Purpose = Purpose,
            UpdateMask = new FieldMask(),
        };
        if (path.Length > 0)
        {
            request.UpdateMask.Paths.Add(path);
        }

        return request;
    }

    private async Task FailsAsync(StatusCode status, ShowSubjectRequest request)
    {
        using var call = Subjects.ShowSubject(request);
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default));
        Assert.Equal(status, error.StatusCode);
    }

    private async Task<(SubjectSummary Summary, List<Record> Records, List<DisclosurePartner> Given)> ShowAsync(
        string id, V1.SubjectService.SubjectServiceClient? subjects = null)
    {
        using var call = (subjects ?? Subjects).ShowSubject(new ShowSubjectRequest { SubjectId = id, Purpose = Purpose });
        var parts = await call.ResponseStream.ReadAllAsync().ToListAsync();
        return (
            parts[0].Summary,
            [.. parts.Select(part => part.Record).OfType<Record>()],
            [.. parts.Select(part => part.Disclosed).OfType<DisclosurePartner>()]);
    }
}
