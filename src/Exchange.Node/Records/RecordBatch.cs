using System.Security.Cryptography;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Records;

/// <summary>
/// Writes a batch, one answer for each item; a request id makes it a stream of its own name, safe to repeat.
/// </summary>
internal sealed class RecordBatch(IRecordStore store, PutStream stream, TimeProvider time)
{
    private const int MaxItems = 1000;

    public async Task<BatchPutRecordsResponse> PutAsync(
        BatchPutRecordsRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        if (request.Items.Count is 0 or > MaxItems)
        {
            throw ExchangeException.Invalid("items", $"Send 1 to {MaxItems} items, not {request.Items.Count}.");
        }

        for (var index = 0; index < request.Items.Count; index++)
        {
            request.Items[index].Number = (ulong)index + 1;
        }

        var scope = PutScope.ForRequest(
            request.RequestId, SHA256.HashData(request.ToByteArray()), time.GetUtcNow());
        if (scope is not null)
        {
            await RequestClaim.TakeAsync(
                store, scope, request.Items.All(item => item.ValidateOnly), cancellationToken);
        }

        var response = new BatchPutRecordsResponse();
        await stream.RunAsync(
            request.Items.ToAsyncEnumerable(),
            scope,
            reach,
            answer =>
            {
                response.Answers.Add(answer);
                return Task.CompletedTask;
            },
            cancellationToken);
        return response;
    }
}
