using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Publishing;

/// <summary>Writes vacancies by <c>VacancyService.PublishVacancies</c>.</summary>
internal sealed class VacancyPutCall(
    VacancyService.VacancyServiceClient client, CancellationToken cancellationToken) : IPutCall
{
    private readonly AsyncDuplexStreamingCall<PublishVacanciesRequest, PublishVacanciesResponse> _call =
        client.PublishVacancies(cancellationToken: cancellationToken);

    public async Task<ulong> OpenAsync(OpenStream open, CancellationToken cancellationToken)
    {
        await _call.RequestStream.WriteAsync(new PublishVacanciesRequest { Open = open }, cancellationToken);
        return await _call.ResponseStream.MoveNext(cancellationToken)
            ? _call.ResponseStream.Current.Opened?.LastNumber ?? throw PutPump.NotInOrder("the answer to open")
            : throw PutPump.EndedEarly();
    }

    public Task WriteAsync(PutRecordItem item, CancellationToken cancellationToken) =>
        _call.RequestStream.WriteAsync(
            new PublishVacanciesRequest
            {
                Item = new PublishVacancyItem
                {
                    Number = item.Number,
                    ExternalKey = item.Record.ExternalKey,
                    Vacancy = item.Record.Payload.Unpack<Vacancy>(),
                    Etag = item.Etag,
                },
            },
            cancellationToken);

    public Task CompleteAsync(CancellationToken cancellationToken) => _call.RequestStream.CompleteAsync();

    public IAsyncEnumerable<PutRecordAnswer> AnswersAsync(CancellationToken cancellationToken) =>
        _call.ResponseStream.ReadAllAsync(cancellationToken).Select(response => response.Answer);

    public void Dispose() => _call.Dispose();
}
