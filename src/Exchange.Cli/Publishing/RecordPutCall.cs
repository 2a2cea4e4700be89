using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Publishing;

/// <summary>Writes records of any kind by <c>RecordService.PutRecords</c>.</summary>
internal sealed class RecordPutCall(
    RecordService.RecordServiceClient client, CancellationToken cancellationToken) : IPutCall
{
    private readonly AsyncDuplexStreamingCall<PutRecordsRequest, PutRecordsResponse> _call =
        client.PutRecords(cancellationToken: cancellationToken);

    public async Task<ulong> OpenAsync(OpenStream open, CancellationToken cancellationToken)
    {
        await _call.RequestStream.WriteAsync(new PutRecordsRequest { Open = open }, cancellationToken);
        return await _call.ResponseStream.MoveNext(cancellationToken)
            ? _call.ResponseStream.Current.Opened?.LastNumber ?? throw PutPump.NotInOrder("the answer to open")
            : throw PutPump.EndedEarly();
    }

    public Task WriteAsync(PutRecordItem item, CancellationToken cancellationToken) =>
        _call.RequestStream.WriteAsync(new PutRecordsRequest { Item = item }, cancellationToken);

    public Task CompleteAsync(CancellationToken cancellationToken) => _call.RequestStream.CompleteAsync();

    public IAsyncEnumerable<PutRecordAnswer> AnswersAsync(CancellationToken cancellationToken) =>
        _call.ResponseStream.ReadAllAsync(cancellationToken).Select(response => response.Answer);

    public void Dispose() => _call.Dispose();
}
