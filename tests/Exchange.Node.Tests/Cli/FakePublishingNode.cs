using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Exchange.Cli.Publishing;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Tests.Cli;

/// <summary>A node's side of a publishing stream that a test can cut. What it accepted survives its calls.</summary>
internal sealed class FakePublishingNode
{
    /// <summary>Items accepted so far, by number.</summary>
    public SortedDictionary<ulong, PutRecordItem> Accepted { get; } = [];

    /// <summary>Every item that arrived, in order, repeats included.</summary>
    public List<ulong> Arrived { get; } = [];

    /// <summary>Calls begun.</summary>
    public int Calls { get; private set; }

    /// <summary>
    /// Ends a call with an error after so many items; null lets it run. Asked with the call's number from 1.
    /// </summary>
    public Func<int, int?> CutAfter { get; init; } = _ => null;

    /// <summary>The status that a cut call ends with.</summary>
    public StatusCode CutStatus { get; init; } = StatusCode.Unavailable;

    /// <summary>The last answers of a cut call are lost on their way: so many of them.</summary>
    public int LostAnswers { get; init; }

    public IPutCall Begin(CancellationToken cancellationToken) => new Call(this, ++Calls);

    private sealed class Call(FakePublishingNode node, int number) : IPutCall
    {
        private readonly Channel<PutRecordAnswer> _answers = Channel.CreateUnbounded<PutRecordAnswer>();
        private readonly Queue<PutRecordAnswer> _underWay = new();
        private int _left = node.CutAfter(number) ?? int.MaxValue;

        public Task<ulong> OpenAsync(OpenStream open, CancellationToken cancellationToken) =>
            _left == 0 ? throw Cut() : Task.FromResult(node.Accepted.Keys.LastOrDefault());

        public Task WriteAsync(PutRecordItem item, CancellationToken cancellationToken)
        {
            if (_left-- <= 0)
            {
                throw Cut();
            }

            node.Arrived.Add(item.Number);
            node.Accepted.TryAdd(item.Number, item);
            _underWay.Enqueue(new PutRecordAnswer { Number = item.Number, Id = $"r{item.Number}" });
            while (_underWay.Count > node.LostAnswers)
            {
                _answers.Writer.TryWrite(_underWay.Dequeue());
            }

            if (_left == 0)
            {
                _answers.Writer.Complete(Cut());
            }

            return Task.CompletedTask;
        }

        public Task CompleteAsync(CancellationToken cancellationToken)
        {
            while (_underWay.TryDequeue(out var answer))
            {
                _answers.Writer.TryWrite(answer);
            }

            _answers.Writer.TryComplete();
            return Task.CompletedTask;
        }

        // What was answered before the caller gave up arrives, whichever of the two came first on a busy machine.
        public async IAsyncEnumerable<PutRecordAnswer> AnswersAsync(
            [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            while (await MoreAsync(cancellationToken))
            {
                while (_answers.Reader.TryRead(out var answer))
                {
                    yield return answer;
                }
            }
        }

        public void Dispose() => _answers.Writer.TryComplete();

        private async Task<bool> MoreAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _answers.Reader.WaitToReadAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (_answers.Reader.TryPeek(out _))
            {
                return true;
            }
        }

        private RpcException Cut() => new(new Status(node.CutStatus, "cut"));
    }
}
