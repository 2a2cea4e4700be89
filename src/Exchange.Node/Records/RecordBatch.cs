using Exchange.Node.Errors;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>
/// Writes a batch, one answer for each item; a request id makes it a stream of its own name, safe to repeat.
/// </summary>
internal sealed class RecordBatch(PutStream stream)
{
    private const int MaxItems = 1000;

    public async Task<BatchPutRecordsResponse> PutAsync(
        BatchPutRecordsRequest request, CancellationToken cancellationToken)
    {
        if (request.Items.Count is 0 or > MaxItems)
        {
            throw ExchangeException.Invalid("items", $"Send 1 to {MaxItems} items, not {request.Items.Count}.");
        }

        var scope = PutScope.ForRequest(request.RequestId);
        var response = new BatchPutRecordsResponse();
        for (var index = 0; index < request.Items.Count; index++)
        {
            request.Items[index].Number = (ulong)index + 1;
        }

        await stream.RunAsync(
            request.Items.ToAsyncEnumerable(),
            scope,
            answer =>
            {
                response.Answers.Add(answer);
                return Task.CompletedTask;
            },
            cancellationToken);
        return response;
    }
}
