namespace Exchange.Cli.Publishing;

/// <summary>
/// Hands out lines while fewer than a window of them are unanswered. Outlives the calls that take from it.
/// </summary>
internal sealed class LineSource(IAsyncEnumerable<PutLine> lines, int window, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    private readonly IAsyncEnumerator<PutLine> _lines = lines.GetAsyncEnumerator(cancellationToken);
    private readonly SemaphoreSlim _free = new(window);

    /// <summary>All lines were handed out.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Returns the next line, or null at the end. Only one caller at a time.</summary>
    /// <param name="giveUp">Gives up waiting for room; nothing is lost.</param>
    public async Task<PutLine?> NextAsync(CancellationToken giveUp)
    {
        if (IsEnded)
        {
            return null;
        }

        await _free.WaitAsync(giveUp);
        if (await _lines.MoveNextAsync())
        {
            return _lines.Current;
        }

        IsEnded = true;
        return null;
    }

    /// <summary>A line was answered.</summary>
    public void Release() => _free.Release();

    public async ValueTask DisposeAsync()
    {
        await _lines.DisposeAsync();
        _free.Dispose();
    }
}
