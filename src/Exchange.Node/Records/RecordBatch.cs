using Exchange.Node.Errors;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>Writes a batch, one answer for each item; a request id makes it a stream of its own name, safe to repeat.</summary>
internal sealed class RecordBatch(RecordWriter writer)
{
    /// <summary>The publisher of batches; it has a character that no caller's publisher can have.</summary>
    private const string Publisher = "~batch";

    private const int MaxItems = 1000;

    public async Task<BatchPutRecordsResponse> PutAsync(
        BatchPutRecordsRequest request, CancellationToken cancellationToken)
    {
        if (request.Items.Count is 0 or > MaxItems)
        {
            throw ExchangeException.Invalid("items", $"Send 1 to {MaxItems} items, not {request.Items.Count}.");
        }

        var scope = Scope(request.RequestId);
        var response = new BatchPutRecordsResponse();
        for (var index = 0; index < request.Items.Count; index++)
        {
            request.Items[index].Number = (ulong)index + 1;
        }

        // One after the other where items could meet, which only their resolution knows; together they share commits.
        foreach (var chunk in request.Items.Chunk(32))
        {
            var answers = await Task.WhenAll(chunk.Select(item => writer.PutAsync(item, scope, cancellationToken)));
            response.Answers.AddRange(answers);
        }

        return response;
    }

    /// <summary>The scope of one request; null without a request id.</summary>
    public static PutScope? Scope(string requestId) => requestId.Length switch
    {
        0 => null,
        > 128 => throw ExchangeException.Invalid("request_id", "It can have at most 128 characters; a UUID is best."),
        _ => new PutScope(Publisher, requestId, default, Undoable: false),
    };
}
