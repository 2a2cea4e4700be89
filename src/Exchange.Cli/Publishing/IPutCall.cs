using Exchange.V1;

namespace Exchange.Cli.Publishing;

/// <summary>One call that writes a stream of items, whichever service takes it.</summary>
internal interface IPutCall : IDisposable
{
    /// <summary>Opens the stream; returns the highest item number that was accepted before.</summary>
    Task<ulong> OpenAsync(OpenStream open, CancellationToken cancellationToken);

    /// <summary>Sends one item; completes when the transport has taken it.</summary>
    Task WriteAsync(PutRecordItem item, CancellationToken cancellationToken);

    /// <summary>Says that no more items come.</summary>
    Task CompleteAsync(CancellationToken cancellationToken);

    /// <summary>The answers, in the order of the items, until the call ends.</summary>
    IAsyncEnumerable<PutRecordAnswer> AnswersAsync(CancellationToken cancellationToken);
}
