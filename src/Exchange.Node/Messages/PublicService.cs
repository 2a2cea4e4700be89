using Exchange.Node.Errors;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Messages;

/// <summary>Open vacancies for everybody, over gRPC.</summary>
internal sealed class PublicService(
    IRecordStore store, RecordCodec codec, JobCodes codes, OpenVacancies open, TimeProvider time)
    : V1.PublicService.PublicServiceBase
{
    // A filter that matches little still answers soon: the page comes back short, with a token to go on from. What a
    // stranger may ask for costs little, whatever is asked.
    private const int MaxReadsAPage = 5;

    public override async Task<ListOpenVacanciesResponse> ListOpenVacancies(
        ListOpenVacanciesRequest request, ServerCallContext context)
    {
        var cancellation = context.CancellationToken;
        var filter = new VacancyFilter
        {
            DivisionCode = request.DivisionCode,
            Text = request.Text,
            Statuses = { VacancyStatus.Open },
        };
        var matcher = new VacancyMatcher(filter, PublicText.Of);
        if (request.JobCode.Length > 0)
        {
            return await FindAsync(request.JobCode, matcher, cancellation);
        }

        var size = Math.Min(PageToken.PageSize(request.PageSize), PageToken.DefaultPageSize);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var query = matcher.Query() with { After = PageToken.Decode(request.PageToken, scope, time) };
        var response = new ListOpenVacanciesResponse();
        for (var read = 0; read < MaxReadsAPage && response.Vacancies.Count < size; read++)
        {
            query = query with { Limit = size - response.Vacancies.Count, MaxBytes = MessageSizes.PageBytes };
            var page = await store.QueryAsync(query, cancellation);
            foreach (var stored in page.Records)
            {
                await AddAsync(response, stored, matcher, cancellation);
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

    private async Task<ListOpenVacanciesResponse> FindAsync(
        string code, VacancyMatcher matcher, CancellationToken cancellationToken)
    {
        if (!JobDigits.IsCode(code))
        {
            throw ExchangeException.Invalid(
                "job_code", "It must have six digits, of which the last checks the others.");
        }

        var response = new ListOpenVacanciesResponse();
        if (Guid.TryParse(await codes.VacancyOfAsync(code, cancellationToken), out var id)
            && await store.GetAsync(new RecordKey(VacancyKind.KindName, id), cancellationToken)
                is { IsTombstone: false } stored)
        {
            await AddAsync(response, stored, matcher, cancellationToken);
        }

        return response;
    }

    private async Task AddAsync(
        ListOpenVacanciesResponse response,
        StoredRecord stored,
        VacancyMatcher matcher,
        CancellationToken cancellationToken)
    {
        if (codec.TryDecode(stored) is not { Payload: { } payload } record)
        {
            return;
        }

        var vacancy = payload.Unpack<Vacancy>();
        if (open.IsOpen(vacancy) && matcher.Matches(new VacancyRecord { Id = record.Id, Vacancy = vacancy }))
        {
            response.Vacancies.Add(Shown(
                record.Id, await codes.FindAsync(record.Id, cancellationToken), vacancy));
        }
    }

    private static PublicVacancy Shown(string id, string code, Vacancy vacancy) => new()
    {
        Id = id,
        JobCode = code,
        Title = PublicText.Of(vacancy.Title),
        EmployerName = PublicText.Of(vacancy.EmployerName),
        WorkPlace = vacancy.WorkPlace is { } place
            ? new Place { DivisionCode = place.DivisionCode, Words = PublicText.Of(place.Words) }
            : null,
        Occupation = vacancy.Occupation is { } occupation
            ? new Occupation
            {
                System = occupation.System,
                Code = occupation.Code,
                Words = PublicText.Of(occupation.Words),
            }
            : null,
        Pay = Shown(vacancy.Pay),
        OpenCount = vacancy.Headcount - Math.Min(vacancy.Headcount, vacancy.FilledCount),
        Board = vacancy.Board,
        Lodging = vacancy.Lodging,
        MinAge = vacancy.MinAge,
        MaxAge = vacancy.MaxAge,
        MinSchooling = vacancy.MinSchooling is { } schooling
            ? new Schooling { Code = schooling.Code, Band = schooling.Band }
            : null,
        ReservedPosts = { vacancy.ReservedPosts },
        Verified = vacancy.Verification is not null,
        EndDate = vacancy.EndDate,
    };

    private static PayRange? Shown(PayRange? pay)
    {
        var shown = pay?.Clone();
        if (shown is not null)
        {
            shown.Words = PublicText.Of(shown.Words);
        }

        return shown;
    }
}
