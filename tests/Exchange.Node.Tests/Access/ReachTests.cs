using Exchange.Node.Tests.Services;
using Exchange.Node.Tests.Sync;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>
/// What a caller with a reach reads and writes, over a real socket; each has what is in reach beside what isn't.
/// </summary>
public sealed class ReachTests : IAsyncLifetime
{
    private static readonly string Nowhere = Guid.CreateVersion7().ToString();

    private ReachRegister _all = null!;

    public async Task InitializeAsync() => _all = await ReachRegister.StartAsync();

    public async Task DisposeAsync() => await _all.DisposeAsync();

    [Fact]
    public async Task A_record_out_of_reach_is_refused_as_one_that_doesnt_exist()
    {
        var records = new RecordService.RecordServiceClient(_all.Clerk);
        var request = new GetRecordRequest { Kind = "worker", Id = _all.WorkerHere };
        Assert.Equal(_all.WorkerHere, (await records.GetRecordAsync(request)).Record.Id);

        var there = await FailAsync(records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = _all.WorkerThere }));
        var none = await FailAsync(records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = Nowhere }));

        Assert.Equal("ERROR_REASON_OUT_OF_REACH", there.Reason());
        Assert.Equal(there.Status.Detail, none.Status.Detail);
        Assert.Equal(there.Info(), none.Info());
    }

    [Fact]
    public async Task A_vacancy_out_of_reach_is_refused()
    {
        var vacancies = new VacancyService.VacancyServiceClient(_all.Clerk);

        await vacancies.GetVacancyAsync(new GetVacancyRequest { Id = _all.VacancyHere });
        await ReachRegister.AssertOutsideAsync(
            async () => await vacancies.GetVacancyAsync(new GetVacancyRequest { Id = _all.VacancyThere }));
    }

    [Fact]
    public async Task Lists_hold_what_is_reached_and_a_token_of_another_caller_opens_nothing()
    {
        var records = new RecordService.RecordServiceClient(_all.Clerk);
        var first = await _all.Node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker", PageSize = 1 });

        var listed = await records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        var behind = await records.ListRecordsAsync(
            new ListRecordsRequest
            {
                Kind = "worker",
                PageSize = 1,
                PageToken = first.NextPageToken,
                UnmaskPurpose = UnmaskingClient.Purpose,
            });
        var vacancies = await new VacancyService.VacancyServiceClient(_all.Clerk).ListVacanciesAsync(new());

        Assert.Equal(_all.WorkerHere, Assert.Single(listed.Records).Id);
        Assert.DoesNotContain(behind.Records, record => record.Id == _all.WorkerThere);
        Assert.Equal(_all.VacancyHere, Assert.Single(vacancies.Vacancies).Id);
    }

    [Fact]
    public async Task A_watch_tells_what_is_reached_and_what_leaves_the_reach()
    {
        using var watch = new RecordService.RecordServiceClient(_all.Clerk).WatchRecords(
            new WatchRecordsRequest { Kinds = { "worker" } });
        Assert.Equal(_all.WorkerHere, (await NextAsync(watch)).Record.Id);
        Assert.NotNull((await NextAsync(watch)).SnapshotEnd);

        await _all.PutWorkerAsync(_all.Node.Channel, ReachRegister.There);
        await ReachRegister.PutAsync(
            _all.Node.Channel, "worker", People.Worker(1, ReachRegister.There), _all.WorkerHere);
        var gone = await NextAsync(watch);

        Assert.Equal(_all.WorkerHere, gone.Removed.Id);
    }

    [Fact]
    public async Task A_resumed_watch_hears_of_no_record_that_was_never_reached()
    {
        var calls = new RecordService.RecordServiceClient(_all.Clerk);
        string token;
        using (var watch = calls.WatchRecords(new WatchRecordsRequest { Kinds = { "worker" } }))
        {
            await NextAsync(watch);
            token = (await NextAsync(watch)).ResumeToken;
        }

        await ReachRegister.PutAsync(_all.Node.Channel, "worker", People.Worker(2, "530623"), _all.WorkerThere);
        await ReachRegister.PutAsync(
            _all.Node.Channel, "worker", People.Worker(1, ReachRegister.There), _all.WorkerHere);
        using var resumed = calls.WatchRecords(new WatchRecordsRequest { Kinds = { "worker" }, ResumeToken = token });

        Assert.Equal(_all.WorkerHere, (await NextAsync(resumed)).Removed.Id);
    }

    [Fact]
    public async Task A_resume_token_of_another_caller_opens_nothing()
    {
        using var whole = _all.Node.Records.WatchRecords(new WatchRecordsRequest());
        var token = (await NextAsync(whole)).ResumeToken;

        using var watch = new RecordService.RecordServiceClient(_all.Clerk).WatchRecords(
            new WatchRecordsRequest { ResumeToken = token });
        var seen = new List<string>();
        for (var step = await NextAsync(watch); step.SnapshotEnd is null; step = await NextAsync(watch))
        {
            seen.Add(step.Record.Id);
        }

        Assert.Contains(_all.VacancyHere, seen);
        Assert.DoesNotContain(_all.WorkerThere, seen);
        Assert.DoesNotContain(_all.VacancyThere, seen);
    }

    [Fact]
    public async Task A_watch_of_vacancies_tells_what_is_reached()
    {
        using var watch = new VacancyService.VacancyServiceClient(_all.Clerk).WatchVacancies(new WatchVacanciesRequest());
        Assert.Equal(_all.VacancyHere, (await watch.NextAsync()).Vacancy.Id);
        Assert.NotNull((await watch.NextAsync()).SnapshotEnd);

        await _all.PutVacancyAsync(_all.Node.Channel, ReachRegister.There, "other-hr");
        var next = await _all.PutVacancyAsync(_all.Node.Channel, ReachRegister.Here, "other-hr");

        Assert.Equal(next, (await watch.NextAsync()).Vacancy.Id);
    }

    [Fact]
    public async Task Writing_is_bounded_by_where_a_record_is_and_by_where_it_would_be()
    {
        var created = await ReachRegister.PutAsync(_all.Clerk, "worker", People.Worker(50, ReachRegister.Here));
        var abroad = await ReachRegister.PutAsync(_all.Clerk, "worker", People.Worker(51, ReachRegister.There));
        var moved = await ReachRegister.PutAsync(
            _all.Clerk, "worker", People.Worker(1, ReachRegister.There), _all.WorkerHere);
        var taken = await ReachRegister.PutAsync(
            _all.Clerk, "worker", People.Worker(2, ReachRegister.Here), _all.WorkerThere);
        var none = await ReachRegister.PutAsync(_all.Clerk, "worker", People.Worker(52, ReachRegister.Here), Nowhere);

        Assert.Null(created.Error);
        Assert.All([abroad, moved, taken, none], answer => Assert.Equal(
            ((int)StatusCode.PermissionDenied, "ERROR_REASON_OUT_OF_REACH"), (answer.Error.Code, answer.Error.Reason())));
        Assert.Equal(taken.Error, none.Error);
    }

    [Fact]
    public async Task What_has_no_division_is_out_of_reach_but_divisions_are_read_by_all()
    {
        var employer = new Employer { Name = "无址企业" };
        var hidden = await ReachRegister.PutAsync(_all.Node.Channel, "employer", employer);
        var division = await ReachRegister.PutAsync(
            _all.Node.Channel,
            "division",
            new Division { Code = "4419", Name = "东莞市", Level = DivisionLevel.Prefecture, ParentCode = "44" });
        var records = new RecordService.RecordServiceClient(_all.Clerk);

        await ReachRegister.AssertOutsideAsync(
            async () => await records.GetRecordAsync(new GetRecordRequest { Kind = "employer", Id = hidden.Id }));
        Assert.Equal(
            "ERROR_REASON_OUT_OF_REACH", (await ReachRegister.PutAsync(_all.Clerk, "employer", employer)).Error.Reason());
        Assert.Equal(division.Id, (await records.GetRecordAsync(
            new GetRecordRequest { Kind = "division", Id = division.Id })).Record.Id);
    }

    [Fact]
    public async Task A_placement_is_reached_by_its_worker_or_its_vacancy()
    {
        var placements = new PlacementService.PlacementServiceClient(_all.Clerk);
        var byWorker = await ReachRegister.ReferAsync(_all.Clerk, _all.WorkerHere, _all.VacancyThere);
        var byVacancy = await ReachRegister.ReferAsync(_all.Node.Channel, _all.WorkerThere, _all.VacancyHere);
        var neither = await ReachRegister.ReferAsync(_all.Node.Channel, _all.WorkerThere, _all.VacancyThere);

        var listed = await placements.ListPlacementsAsync(new ListPlacementsRequest());
        using var watch = placements.WatchPlacements(new WatchPlacementsRequest());
        var watched = new List<string>();
        while (await watch.ResponseStream.MoveNext(CancellationToken.None)
            && watch.ResponseStream.Current.SnapshotEnd is null)
        {
            watched.Add(watch.ResponseStream.Current.Placement.Id);
        }

        Assert.Equal(
            new[] { byWorker, byVacancy }.Order(), listed.Placements.Select(placement => placement.Id).Order());
        Assert.Equal(new[] { byWorker, byVacancy }.Order(), watched.Order());
        Assert.Equal(byWorker, (await placements.GetPlacementAsync(new GetPlacementRequest { Id = byWorker })).Placement.Id);
        await ReachRegister.AssertOutsideAsync(
            async () => await placements.GetPlacementAsync(new GetPlacementRequest { Id = neither }));
        await ReachRegister.AssertOutsideAsync(
            async () => await placements.GetPlacementAsync(new GetPlacementRequest { Id = Nowhere }));
        await ReachRegister.AssertOutsideAsync(() => ReachRegister.ReferAsync(_all.Clerk, _all.WorkerThere, _all.VacancyThere));
    }

    [Fact]
    public async Task Persons_out_of_reach_are_left_alone()
    {
        var subjects = new SubjectService.SubjectServiceClient(_all.Clerk);
        var disclosures = new DisclosureService.DisclosureServiceClient(_all.Clerk);
        await _all.Node.Channel.EraseAsync(_all.WorkerThere);

        foreach (var id in new[] { _all.WorkerThere, Nowhere })
        {
            await ReachRegister.AssertOutsideAsync(() => _all.Clerk.EraseAsync(id));
            await ReachRegister.AssertOutsideAsync(
                async () => await subjects.RestrictSubjectAsync(new RestrictSubjectRequest { SubjectId = id }));
            await ReachRegister.AssertOutsideAsync(
                async () => await subjects.LiftRestrictionAsync(new LiftRestrictionRequest { SubjectId = id }));
            await ReachRegister.AssertOutsideAsync(
                async () => await subjects.GetErasureAsync(new GetErasureRequest { SubjectId = id }));
            await ReachRegister.AssertOutsideAsync(
                async () => await disclosures.WhoSawAsync(new WhoSawRequest { SubjectId = id }));
            await ReachRegister.AssertOutsideAsync(
                async () => await disclosures.ListDisclosuresAsync(new ListDisclosuresRequest { SubjectId = id }));
        }

        Assert.Equal(_all.WorkerHere, (await disclosures.WhoSawAsync(
            new WhoSawRequest { SubjectId = _all.WorkerHere })).SubjectId);
        Assert.Empty((await subjects.ListErasuresAsync(new ListErasuresRequest())).Erasures);
        Assert.Equal(1U, (await subjects.RestrictSubjectAsync(
            new RestrictSubjectRequest { SubjectId = _all.WorkerHere })).ChangedCount);
    }

    [Fact]
    public async Task What_waits_for_a_person_is_settled_by_whoever_reaches_it()
    {
        var reviews = new ReviewService.ReviewServiceClient(_all.Clerk);
        var quarantine = new QuarantineService.QuarantineServiceClient(_all.Clerk);

        Assert.Empty((await reviews.ListPartialRecordsAsync(new ListPartialRecordsRequest())).Records);
        Assert.Empty((await reviews.ListIdentityReviewsAsync(new ListIdentityReviewsRequest())).Reviews);
        Assert.Empty((await quarantine.ListQuarantineAsync(new ListQuarantineRequest())).Items);
        await ReachRegister.AssertOutsideAsync(async () => await reviews.ConfirmPartialRecordAsync(
            new ConfirmPartialRecordRequest { Kind = "worker", Id = _all.WorkerThere }));
        await ReachRegister.AssertOutsideAsync(
            async () => await reviews.SettleIdentityReviewAsync(new SettleIdentityReviewRequest { Id = Nowhere }));
        await ReachRegister.AssertOutsideAsync(
            async () => await quarantine.RetryQuarantineAsync(new RetryQuarantineRequest()));
    }

    [Fact]
    public async Task A_kind_that_isnt_named_is_out_of_reach()
    {
        var calls = await _all.AsAsync(new Credential { Name = "jobs", Roles = { Role.Desk }, Kinds = { "vacancy" } });
        var records = new RecordService.RecordServiceClient(calls);

        Assert.Equal(2, (await records.ListRecordsAsync(new ListRecordsRequest { Kind = "vacancy" })).Records.Count);
        await ReachRegister.AssertOutsideAsync(
            async () => await records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" }));
        await ReachRegister.AssertOutsideAsync(
            async () => await records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = _all.WorkerHere }));
        Assert.NotNull((await ReachRegister.PutAsync(calls, "worker", People.Worker(60, ReachRegister.Here))).Error);
        Assert.Empty((await new PlacementService.PlacementServiceClient(calls).ListPlacementsAsync(new())).Placements);
    }

    private static async Task<RpcException> FailAsync<T>(AsyncUnaryCall<T> call) =>
        await Assert.ThrowsAsync<RpcException>(async () => await call);

    private static async Task<WatchRecordsResponse> NextAsync(AsyncServerStreamingCall<WatchRecordsResponse> watch)
    {
        do
        {
            Assert.True(await watch.ResponseStream.MoveNext(CancellationToken.None));
        }
        while (watch.ResponseStream.Current.Bookmark is not null);

        return watch.ResponseStream.Current;
    }
}
