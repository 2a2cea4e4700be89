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
            await ClaimAsync(scope, request.Items.All(item => item.ValidateOnly), cancellationToken);
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

    // Before the first item is written: an id that names another batch must write none of this one.
    private async Task ClaimAsync(PutScope scope, bool validateOnly, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await store.GetEntriesAsync(PutScope.Streams, [scope.StreamKey], cancellationToken);
            if (found[0] is { } claim)
            {
                if (scope.HasMarkOf(claim.Span))
                {
                    return;
                }

                throw new RequestIdReusedException(scope.Stream);
            }

            if (validateOnly)
            {
                return;
            }

            var entry = new EntryWrite(PutScope.Streams, scope.StreamKey, scope.Fence, EntryExpectation.Absent);
            try
            {
                await store.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);
                return;
            }
            catch (EntryConflictException)
            {
                // The id came twice at once; what the other one claimed it for is there now.
            }
        }
    }
}
