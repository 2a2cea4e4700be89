using Exchange.Node.Errors;
using Exchange.Node.Tests.Sync;
using Exchange.Node.Vacancies;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Records;

public sealed class PutStreamTests
{
    [Fact]
    public async Task A_fenced_stream_says_so_although_its_caller_waits_with_the_next_item()
    {
        await using var node = await FlowNode.OpenAsync("dongguan", new ManualTime());
        var open = new OpenStream { Publisher = "city-hr", Stream = "jobs" };
        var (older, _) = await node.Streams.OpenAsync(open, default);
        await node.Streams.OpenAsync(open, default);

        // On the pool, as the calls of a node are: a test's own context would put the end of the wait off.
        var fenced = await Assert.ThrowsAsync<ExchangeException>(() => Task.Run(() => node.Streams.RunAsync(
            OneItemThenSilence.Of(Item()), older, _ => Task.CompletedTask, default)));

        Assert.Equal(ErrorReason.StreamFenced, fenced.Reason);
    }

    private static PutRecordItem Item() => new()
    {
        Number = 1,
        Record = new Record
        {
            Kind = VacancyKind.KindName,
            ExternalKey = new ExternalKey { Source = "city-hr", SourceId = "1" },
            Payload = Any.Pack(Samples.Vacancy()),
        },
    };

    /// <summary>
    /// A caller that sends one item and then nothing. Its wait ends within the cancellation itself, before whoever
    /// cancels has gone on: the earliest that it can end.
    /// </summary>
    private sealed class OneItemThenSilence(PutRecordItem item, CancellationToken cancellationToken)
        : IAsyncEnumerator<PutRecordItem>
    {
        private readonly TaskCompletionSource<bool> _silence = new();
        private bool _sent;

        public PutRecordItem Current => item;

        public static IAsyncEnumerable<PutRecordItem> Of(PutRecordItem item) => new Items(item);

        public async ValueTask<bool> MoveNextAsync()
        {
            if (!_sent)
            {
                return _sent = true;
            }

            cancellationToken.Register(() => _silence.TrySetCanceled(cancellationToken));
            return await _silence.Task;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private sealed class Items(PutRecordItem item) : IAsyncEnumerable<PutRecordItem>
        {
            public IAsyncEnumerator<PutRecordItem> GetAsyncEnumerator(CancellationToken cancellationToken) =>
                new OneItemThenSilence(item, cancellationToken);
        }
    }
}
