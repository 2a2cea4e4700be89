using System.Threading.Channels;
using Exchange.V1;

namespace Exchange.Cli.Publishing;

/// <summary>A dry run: the node checks every item and writes nothing, not even that the stream was opened.</summary>
internal sealed class CheckOnlyCall(RecordService.RecordServiceClient client) : IPutCall
{
    private const int BatchSize = 500;

    private readonly Channel<PutRecordAnswer> _answers = Channel.CreateUnbounded<PutRecordAnswer>();
    private readonly List<PutRecordItem> _batch = [];

    public Task<ulong> OpenAsync(OpenStream open, CancellationToken cancellationToken) => Task.FromResult(0UL);

    public async Task WriteAsync(PutRecordItem item, CancellationToken cancellationToken)
    {
        _batch.Add(item);
        if (_batch.Count == BatchSize)
        {
            await CheckAsync(cancellationToken);
        }
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_batch.Count > 0)
        {
            await CheckAsync(cancellationToken);
        }

        _answers.Writer.Complete();
    }

    public IAsyncEnumerable<PutRecordAnswer> AnswersAsync(CancellationToken cancellationToken) =>
        _answers.Reader.ReadAllAsync(cancellationToken);

    public void Dispose() => _answers.Writer.TryComplete();

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var request = new BatchPutRecordsRequest();
        request.Items.AddRange(_batch.Select(item => new PutRecordItem(item) { ValidateOnly = true }));
        var response = await client.BatchPutRecordsAsync(request, cancellationToken: cancellationToken);
        foreach (var (answer, item) in response.Answers.Zip(_batch))
        {
            // A batch numbers its items by their place in it.
            answer.Number = item.Number;
            _answers.Writer.TryWrite(answer);
        }

        _batch.Clear();
    }
}
