using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.Collections;
using Grpc.Core;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Matching;

/// <summary>Proposals of who suits which post, over gRPC. A person decides; nothing is written.</summary>
internal sealed class MatchingService(
    IRecordStore store,
    RecordCodec codec,
    MatchDesk desk,
    OpenVacancies open,
    RecordReach reaches,
    AuditReads reads,
    TimeProvider time)
    : V1.MatchingService.MatchingServiceBase
{
    private const int MostNamed = 100;

    // The reasons, and whether somebody suits at all, tell of all of them.
    private static readonly string[] Told =
    [
        WorkerKind.KindName, HouseholdKind.KindName, PlacementEventKind.KindName, "enrolment",
        "training_class",
    ];

    // A page of those of whom most aren't reached, or withdrew, comes back short, with a token to go on from.
    private const int MaxReadsAPage = 20;

    public override async Task<MatchVacancyResponse> MatchVacancy(
        MatchVacancyRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        PlaceRules.RequireCode(request.DivisionCode);
        var named = Named(request.WorkerIds);
        var reach = reaches.Of(context);
        RequireTold(reach);
        var (record, vacancy) = await open.RequireAsync(
            "vacancy_id", request.VacancyId, reach, context.CancellationToken);
        var today = NodeIdentity.Today(time);
        var response = new MatchVacancyResponse { Day = DateRules.ToDate(today) };
        if (named.Count > 0)
        {
            await RequireWorkersAsync(named, reach, context.CancellationToken);
            var held = await desk.HoldAsync(vacancy, named, today, context.CancellationToken);
            await ShowAsync(held, record.HomeNode, reach, response.Matches, keepsAll: true, context.CancellationToken);
            response.SuitedCount = response.Matches.Count(match => match.Suited);
        }
        else
        {
            reach.Reach.RequireFigures(request.DivisionCode, Told);
            var scope = request.Clone();
            (scope.PageToken, scope.PageSize) = ("", 0);
            var after = Ranked.Read(PageToken.Decode(request.PageToken, scope, time));
            var last = await FillAsync(
                async behind =>
                {
                    var ranking = new Ranking(size - response.Matches.Count + 1, behind);
                    await desk.RankWorkersAsync(
                        vacancy, request.DivisionCode, today, ranking, context.CancellationToken);
                    response.SuitedCount = ranking.Count;
                    return ranking;
                },
                best => ShowAsync(
                    best, record.HomeNode, reach, response.Matches, keepsAll: false, context.CancellationToken),
                () => size - response.Matches.Count,
                after);
            response.NextPageToken = PageToken.Encode(last?.Cursor(), scope, time);
        }

        await reads.NoteAsync(
            response.Matches.Select(match => Key(WorkerKind.KindName, match.WorkerId)), context.CancellationToken);
        return response;
    }

    public override async Task<MatchWorkerResponse> MatchWorker(MatchWorkerRequest request, ServerCallContext context)
    {
        var size = PageToken.PageSize(request.PageSize);
        PlaceRules.RequireCode(request.DivisionCode);
        var reach = reaches.Of(context);
        RequireTold(reach);
        var id = RecordResolver.ParseId("worker_id", request.WorkerId);
        await RequireWorkersAsync([id], reach, context.CancellationToken);
        reach.Reach.RequireKind(VacancyKind.KindName);
        var worker = await ReadAsync(Key(WorkerKind.KindName, request.WorkerId), context.CancellationToken);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var today = NodeIdentity.Today(time);
        var response = new MatchWorkerResponse { Day = DateRules.ToDate(today) };
        var against = 0UL;
        var last = await FillAsync(
            async behind =>
            {
                var ranking = new Ranking(size - response.Matches.Count + 1, behind);
                against = await desk.RankPostsAsync(
                    id, request.DivisionCode, today, ranking, context.CancellationToken);
                response.SuitedCount = ranking.Count;
                return ranking;
            },
            best => ShowAsync(best, worker?.LegalBasis, reach, response.Matches, context.CancellationToken),
            () => size - response.Matches.Count,
            Ranked.Read(PageToken.Decode(request.PageToken, scope, time)));
        response.ReasonsAgainst.AddRange(MatchReasons.Tell(against));
        response.NextPageToken = PageToken.Encode(last?.Cursor(), scope, time);
        await reads.NoteAsync([new RecordKey(WorkerKind.KindName, id)], context.CancellationToken);
        return response;
    }

    public override Task<CompareLabourResponse> CompareLabour(CompareLabourRequest request, ServerCallContext context)
    {
        PlaceRules.RequireCode(request.DivisionCode);
        PlaceRules.RequireCode(request.WorkDivisionCode, "work_division_code");
        var reach = reaches.Of(context).Reach;
        reach.RequireFigures(request.DivisionCode, [.. Told, VacancyKind.KindName]);
        return desk.CompareAsync(
            request.DivisionCode, request.WorkDivisionCode, NodeIdentity.Today(time), context.CancellationToken);
    }

    // Ranks and shows until a page is full; returns the last one that was looked at, null at the end.
    private static async Task<Ranked?> FillAsync(
        Func<Ranked?, Task<Ranking>> rank, Func<IReadOnlyList<Ranked>, Task> show, Func<int> room, Ranked? after)
    {
        for (var read = 0; read < MaxReadsAPage; read++)
        {
            var left = room();
            var best = (await rank(after)).Best();
            await show([.. best.Take(left)]);
            if (best.Count <= left)
            {
                return null;
            }

            after = best[left - 1];
            if (room() == 0)
            {
                break;
            }
        }

        return after;
    }

    private async Task ShowAsync(
        IReadOnlyList<Ranked> best,
        string home,
        CallReach reach,
        RepeatedField<WorkerMatch> shown,
        bool keepsAll,
        CancellationToken cancellationToken)
    {
        foreach (var one in best)
        {
            var key = new RecordKey(WorkerKind.KindName, one.Id);
            if (await ReachedAsync(key, reach, cancellationToken) is not { Payload: { } payload } record)
            {
                continue;
            }

            var withdrew = Consents.AreWithdrawn(record.LegalBasis, home);
            if (withdrew && !keepsAll)
            {
                continue;
            }

            var reasons = one.Reasons | (withdrew ? MatchReasons.Bit(MatchReasonType.ConsentWithdrawn) : 0);
            var worker = payload.Unpack<Worker>();
            shown.Add(new WorkerMatch
            {
                WorkerId = record.Id,
                Name = Masks.Name(worker.Name),
                DivisionCode = PlaceRules.Code(worker.RegisteredPlace),
                Suited = MatchReasons.IsSuited(reasons),
                Score = one.Score,
                Reasons = { MatchReasons.Tell(reasons) },
            });
        }
    }

    private async Task ShowAsync(
        IReadOnlyList<Ranked> best,
        LegalBasis? basis,
        CallReach reach,
        RepeatedField<VacancyMatch> shown,
        CancellationToken cancellationToken)
    {
        foreach (var one in best)
        {
            var key = new RecordKey(VacancyKind.KindName, one.Id);
            if (await ReachedAsync(key, reach, cancellationToken) is not { Payload: { } payload } record
                || Consents.AreWithdrawn(basis, record.HomeNode))
            {
                continue;
            }

            var vacancy = payload.Unpack<Vacancy>();
            shown.Add(new VacancyMatch
            {
                VacancyId = record.Id,
                Title = vacancy.Title,
                DivisionCode = PlaceRules.Code(vacancy.WorkPlace),
                Score = one.Score,
                Reasons = { MatchReasons.Tell(one.Reasons) },
            });
        }
    }

    private async Task RequireWorkersAsync(
        IReadOnlyCollection<Guid> workers, CallReach reach, CancellationToken cancellationToken)
    {
        foreach (var id in workers)
        {
            var key = new RecordKey(WorkerKind.KindName, id);
            await reach.RequireReadAsync(key, cancellationToken);
            if (await ReadAsync(key, cancellationToken) is not { Payload: not null })
            {
                throw reach.Missing(WorkerKind.KindName, id.ToString());
            }
        }
    }

    private static void RequireTold(CallReach reach)
    {
        foreach (var kind in Told)
        {
            reach.Reach.RequireKind(kind);
        }
    }

    // Null for one that is gone or damaged, and for one that the caller doesn't reach.
    private async Task<Record?> ReachedAsync(RecordKey key, CallReach reach, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored
        && await reach.ReadsAsync(stored, cancellationToken)
            ? codec.TryDecode(stored)
            : null;

    private async Task<Record?> ReadAsync(RecordKey key, CancellationToken cancellationToken) =>
        await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored ? codec.Decode(stored) : null;

    private static IReadOnlyCollection<Guid> Named(RepeatedField<string> ids) => ids.Count <= MostNamed
        ? [.. ids.Select((id, i) => RecordResolver.ParseId($"worker_ids[{i}]", id)).Distinct()]
        : throw ExchangeException.Invalid("worker_ids", $"Send at most {MostNamed}, not {ids.Count}.");

    private static RecordKey Key(string kind, string id) => new(kind, Guid.ParseExact(id, "D"));
}
