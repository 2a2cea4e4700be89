using Exchange.Node.Access;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using RecordService = Exchange.Node.Records.RecordService;

namespace Exchange.Node.Vacancies;

/// <summary>Vacancies for city job systems, over gRPC.</summary>
internal sealed class VacancyService(
    IRecordStore store,
    RecordCodec codec,
    PutStream stream,
    WatchStream watch,
    RecordReach reaches,
    NodeLifetime lifetime,
    TimeProvider time)
    : V1.VacancyService.VacancyServiceBase
{
    // A filter that matches little still answers soon: the page comes back short, with a token to go on from.
    private const int MaxReadsAPage = 20;

    public override async Task PublishVacancies(
        IAsyncStreamReader<PublishVacanciesRequest> requestStream,
        IServerStreamWriter<PublishVacanciesResponse> responseStream,
        ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        if (!await lifetime.MoveNextAsync(requestStream, cancellation))
        {
            return;
        }

        var open = requestStream.Current.Open ?? throw RecordService.NotOpened();
        var (scope, last) = await stream.OpenAsync(open, reaches.Of(context), cancellation);
        await responseStream.WriteAsync(
            new PublishVacanciesResponse { Opened = new StreamOpened { LastNumber = last } }, cancellation);

        await stream.RunAsync(
            lifetime.ReadAllAsync(requestStream, cancellation).Select(
                request => ToPut(request.Item ?? throw RecordService.OpenedTwice())),
            scope,
            reaches.Of(context),
            answer => responseStream.WriteAsync(new PublishVacanciesResponse { Answer = answer }, cancellation),
            cancellation);
    }

    public override async Task WatchVacancies(
        WatchVacanciesRequest request,
        IServerStreamWriter<WatchVacanciesResponse> responseStream,
        ServerCallContext context)
    {
        var matcher = new VacancyMatcher(request.Filter);
        var reach = reaches.Of(context);
        reach.Reach.RequireKind(VacancyKind.KindName);
        await watch.RunAsync(
            request.ResumeToken,
            responseStream,
            step => ToResponseAsync(step, matcher, reach, context.CancellationToken),
            () => new WatchVacanciesResponse { Bookmark = new Bookmark() },
            (response, token) => response.ResumeToken = token,
            context.CancellationToken);
    }

    public override async Task<GetVacancyResponse> GetVacancy(GetVacancyRequest request, ServerCallContext context)
    {
        var key = new RecordKey(VacancyKind.KindName, RecordResolver.ParseId("id", request.Id));
        var reach = reaches.Of(context);
        await reach.RequireReadAsync(key, context.CancellationToken);
        var found = await store.GetAsync(key, context.CancellationToken);
        return found is { IsTombstone: false }
            ? new GetVacancyResponse { Vacancy = ToVacancy(codec.Decode(found)) }
            : throw reach.Missing(VacancyKind.KindName, request.Id);
    }

    public override async Task<ListVacanciesResponse> ListVacancies(
        ListVacanciesRequest request, ServerCallContext context)
    {
        var matcher = new VacancyMatcher(request.Filter);
        var reach = reaches.Of(context);
        reach.Reach.RequireKind(VacancyKind.KindName);
        var size = PageToken.PageSize(request.PageSize);
        var scope = new ListVacanciesRequest { Filter = request.Filter };
        var query = matcher.Query() with { After = PageToken.Decode(request.PageToken, scope, time), Limit = size };

        var response = new ListVacanciesResponse();
        var room = MessageSizes.PageBytes;
        for (var read = 0; read < MaxReadsAPage && response.Vacancies.Count < size && room > 0; read++)
        {
            query = query with { Limit = size - response.Vacancies.Count, MaxBytes = room };
            var page = await store.QueryAsync(query, context.CancellationToken);
            var reached = await reach.FilterAsync(page.Records, context.CancellationToken);
            var found = reached.Select(codec.TryDecode).Select(TryVacancy).OfType<VacancyRecord>();
            foreach (var vacancy in found.Where(matcher.Matches))
            {
                response.Vacancies.Add(vacancy);
                room -= vacancy.CalculateSize();
            }

            query = query with { After = page.Next };
            if (page.Next is null)
            {
                break;
            }
        }

        response.NextPageToken = PageToken.Encode(query.After, scope, time);
        return response;
    }

    private async ValueTask<WatchVacanciesResponse?> ToResponseAsync(
        WatchStep step, VacancyMatcher matcher, CallReach reach, CancellationToken cancellationToken)
    {
        if (step.Kind == WatchStepKind.SnapshotEnd)
        {
            return new WatchVacanciesResponse { SnapshotEnd = new SnapshotEnd() };
        }

        var item = step.Item!;
        if (item.Stored.Key.Kind != VacancyKind.KindName)
        {
            return null;
        }

        if (!item.Stored.IsTombstone && await reach.ReadsAsync(item.Stored, cancellationToken))
        {
            // Watchers of one record share its message; each response around it carries its own token.
            if ((item.Shared ??= TryVacancy(item.TryDecode(codec))) is not VacancyRecord vacancy)
            {
                // Damaged: it comes once it is mended, and until then it is neither shown nor gone.
                return null;
            }

            if (matcher.Matches(vacancy))
            {
                return new WatchVacanciesResponse { Vacancy = vacancy };
            }
        }

        var removed = step.Kind switch
        {
            WatchStepKind.SnapshotItem => false,
            WatchStepKind.LiveItem => matcher.MayHaveMatched(item.Stored.PreviousKeys),
            _ => true,
        };
        removed &= reach.Reach.MayHaveRead(VacancyKind.KindName, isPersonal: false, item.Stored.PreviousKeys);
        return removed ? new WatchVacanciesResponse { Removed = RecordService.Removed(item.Stored.Key) } : null;
    }

    private static PutRecordItem ToPut(PublishVacancyItem item) => new()
    {
        Number = item.Number,
        Etag = item.Etag,
        Record = new Record
        {
            Kind = VacancyKind.KindName,
            ExternalKey = item.ExternalKey
                ?? new ExternalKey(), // Refused by its own rule, with the field's name.
            Payload = Any.Pack(item.Vacancy ?? new Vacancy()),
        },
    };

    private static VacancyRecord? TryVacancy(Record? record)
    {
        try
        {
            return record is null ? null : ToVacancy(record);
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return null;
        }
    }

    private static VacancyRecord ToVacancy(Record record) => new()
    {
        Id = record.Id,
        Etag = record.Etag,
        HomeNode = record.HomeNode,
        ExternalKey = record.ExternalKey,
        Vacancy = Vacancy.Parser.ParseFrom(record.Payload.Value),
    };
}
