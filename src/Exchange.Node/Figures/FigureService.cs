using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Exchange.Node.Figures;

/// <summary>Figures and reports, over gRPC.</summary>
internal sealed class FigureService(
    FigureBook book,
    FigurePlanner planner,
    FigureDesk desk,
    TargetBook targets,
    ReportSigning signing,
    Completeness completeness,
    RecordReach reaches,
    AuditReads reads,
    TimeProvider time)
    : V1.FigureService.FigureServiceBase
{
    public override async Task<ComputeReportResponse> ComputeReport(
        ComputeReportRequest request, ServerCallContext context)
    {
        var asOf = planner.AsOf(request.AsOfDate);
        var figures = await desk.AnswerAsync(
            request.Questions, asOf, Caller.Of(context).Reach, context.CancellationToken);
        return new ComputeReportResponse
        {
            Figures = { figures },
            Completeness = { await completeness.ReadAsync(context.CancellationToken) },
            AsOfDate = DateRules.ToDate(asOf),
            ComputedTime = time.GetUtcNow().ToTimestamp(),
        };
    }

    public override async Task<ListReportRecordsResponse> ListReportRecords(
        ListReportRecordsRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var after = PageToken.Decode(request.PageToken, scope, time)?.Id ?? Guid.Empty;
        var reach = reaches.Of(context);
        var planned = await planner.PlanAsync(
            request.Question ?? new FigureQuestion(),
            "question",
            planner.AsOf(request.AsOfDate),
            reach.Reach,
            context.CancellationToken);
        if (planned.FromReports)
        {
            throw ExchangeException.Invalid("question.from_reports", "The records lie with whoever reported them.");
        }

        var rows = await book.ReadAsync(
            tables => new FigureCount(tables, planned.Plan, keepsAll: true).Kept(request.PartKey)
                .Where(row => row.Id.CompareTo(after) > 0).OrderBy(row => row.Id).Take(size + 1).ToList(),
            context.CancellationToken);
        var kind = Measures.Of(planned.Plan.Scope.Measure)!.Kinds[0];
        var shown = await reach.FilterAsync(
            rows.Take(size).Select(row => new RecordKey(row.IsEvent ? "placement_event" : kind, row.Id)),
            key => key,
            context.CancellationToken);
        await reads.NoteAsync(shown, context.CancellationToken);
        return new ListReportRecordsResponse
        {
            Records = { shown.Select(key => new CountedRecord { Kind = key.Kind, Id = key.Id.ToString() }) },
            NextPageToken = PageToken.Encode(
                rows.Count > size ? new QueryCursor("", rows[size - 1].Id) : null, scope, time),
        };
    }

    public override async Task<ReconcileFiguresResponse> ReconcileFigures(
        ReconcileFiguresRequest request, ServerCallContext context)
    {
        const int most = 50;
        if (request.Others.Count is 0 or > most)
        {
            throw ExchangeException.Invalid("others", $"Send 1 to {most}, not {request.Others.Count}.");
        }

        var asOf = planner.AsOf(request.AsOfDate);
        var reach = Caller.Of(context).Reach;
        var figure = await ReadAsync(request.Figure ?? new FigureClaim(), "figure");
        var others = new List<NamedNumber>();
        for (var i = 0; i < request.Others.Count; i++)
        {
            others.Add(await ReadAsync(request.Others[i], $"others[{i}]"));
        }

        return Reconciliation.Compare(figure, others);

        Task<NamedNumber> ReadAsync(FigureClaim claim, string path) =>
            desk.ReadAsync(claim, path, asOf, reach, context.CancellationToken);
    }

    public override async Task<GetCountyReportResponse> GetCountyReport(
        GetCountyReportRequest request, ServerCallContext context)
    {
        if (CountyReport.Check(request).ToList() is { Count: > 0 } wrong)
        {
            throw ExchangeException.Invalid(wrong);
        }

        var (today, last) = (NodeIdentity.Today(time), DateRules.Day(request.ToDate)!.Value);
        var asOf = request.AsOfDate is null ? last < today ? last : today : planner.AsOf(request.AsOfDate);
        var figures = await desk.AnswerAsync(
            CountyReport.Questions(request), asOf, Caller.Of(context).Reach, context.CancellationToken);
        var text = new CountyText(figures, request);
        return new GetCountyReportResponse
        {
            Figures = { figures },
            Lines = { request.Language == ReportLanguage.En ? text.English() : text.Chinese() },
            Completeness = { await completeness.ReadAsync(context.CancellationToken) },
            AsOfDate = DateRules.ToDate(asOf),
        };
    }

    public override async Task CheckTargets(
        CheckTargetsRequest request,
        IServerStreamWriter<CheckTargetsResponse> responseStream,
        ServerCallContext context)
    {
        PlaceRules.RequireCode(request.DivisionCode);
        var asOf = planner.AsOf(request.AsOfDate);
        var reach = Caller.Of(context).Reach;
        reach.RequireFigures(request.DivisionCode, [TargetKind.KindName]);
        await foreach (var (id, target) in targets.ReadAsync(request.DivisionCode, context.CancellationToken))
        {
            if (request.Year != 0
                && (target.FromDate?.Year > request.Year || target.ToDate?.Year < request.Year))
            {
                continue;
            }

            var found = await targets.SumAsync(id, target, context.CancellationToken);
            found.Completion = await desk.CompleteAsync(id, target, asOf, reach, context.CancellationToken);
            await responseStream.WriteAsync(found, context.CancellationToken);
        }
    }

    public override async Task<CountHouseholdsResponse> CountHouseholds(
        CountHouseholdsRequest request, ServerCallContext context)
    {
        PlaceRules.RequireCode(request.DivisionCode);
        Caller.Of(context).Reach.RequireFigures(request.DivisionCode, ["household", "worker"]);
        var sum = await book.ReadAsync(
            tables => tables.Totals.Sum(request.DivisionCode, request.Card), context.CancellationToken);
        return new CountHouseholdsResponse
        {
            HouseholdCount = sum.Households,
            WithLabourCount = sum.WithLabour,
            WithEmployedCount = sum.WithEmployed,
            WithTrainedCount = sum.WithTrained,
            WithSkilledCount = sum.WithSkilled,
            Rates = Rates.Hundredths(sum.WithEmployed, sum.WithLabour) is { } employed
                ? new HouseholdRates
                {
                    EmployedHundredths = employed,
                    TrainedHundredths = Rates.Hundredths(sum.WithTrained, sum.WithLabour)!.Value,
                    SkilledHundredths = Rates.Hundredths(sum.WithSkilled, sum.WithLabour)!.Value,
                }
                : null,
        };
    }

    public override async Task<ListHouseholdsWithoutResponse> ListHouseholdsWithout(
        ListHouseholdsWithoutRequest request, ServerCallContext context)
    {
        PlaceRules.RequireCode(request.DivisionCode);
        if (request.Rule is < HouseholdRule.Employed or > HouseholdRule.Skilled)
        {
            throw ExchangeException.Invalid("rule", "State which rule: employed, trained or skilled.");
        }

        var size = PageToken.PageSize(request.PageSize);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var after = PageToken.Decode(request.PageToken, scope, time) is { } cursor
            ? new FailingRow(cursor.Value, cursor.Id)
            : null;
        Caller.Of(context).Reach.RequireFigures(request.DivisionCode, ["household", "worker"]);
        var (rows, sum) = await book.ReadAsync(
            tables => (
                tables.Totals.Failing(request.Rule, request.DivisionCode, request.Card, after).Take(size + 1).ToList(),
                tables.Totals.Sum(request.DivisionCode, request.Card)),
            context.CancellationToken);
        var shown = rows.Take(size).ToList();
        await reads.NoteAsync(shown.Select(row => new RecordKey("household", row.Id)), context.CancellationToken);
        return new ListHouseholdsWithoutResponse
        {
            Households = { shown.Select(ToMessage) },
            TotalCount = sum.WithLabour - sum[request.Rule],
            NextPageToken = PageToken.Encode(
                rows.Count > size ? new QueryCursor(shown[^1].Code, shown[^1].Id) : null, scope, time),
        };
    }

    public override async Task<PublishReportResponse> PublishReport(
        PublishReportRequest request, ServerCallContext context)
    {
        var (id, statement) = await signing.PublishAsync(request, reaches.Of(context), context.CancellationToken);
        return new PublishReportResponse { Id = id, Statement = statement };
    }

    public override async Task<GetPublishedReportResponse> GetPublishedReport(
        GetPublishedReportRequest request, ServerCallContext context)
    {
        var key = new RecordKey(PublishedReportKind.KindName, RecordResolver.ParseId("id", request.Id));
        await reaches.Of(context).RequireReadAsync(key, context.CancellationToken);
        return await signing.ReadAsync(request.Id, Caller.Of(context).Reach, context.CancellationToken);
    }

    private static FailingHousehold ToMessage(FailingRow row) => new()
    {
        HouseholdId = row.Id.ToString(),
        DivisionCode = row.Code,
        LabourCount = row.Labour,
        CardHolder = CardHistories.Fits(CardScope.Card, row.Status),
    };
}
