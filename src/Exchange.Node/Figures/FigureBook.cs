using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.Figures;

/// <summary>
/// Keeps the tables of figures current with the store: read from the feed when somebody asks, from where the last one
/// left off. The first one after a start reads everything once; a node that is never asked keeps nothing.
/// </summary>
internal sealed class FigureBook(IRecordStore store, RecordCodec codec) : IDisposable
{
    private const int PageSize = 2000;

    private readonly SemaphoreSlim _turn = new(1);
    private FigureTables _tables = new();
    private FactReader? _reader;
    private FeedPosition _position = FeedPosition.Start;
    private Guid _epoch;

    /// <summary>
    /// Reads from the tables as the store stands now. One at a time: a reading takes milliseconds, and what it sees
    /// doesn't change under it.
    /// </summary>
    public async Task<T> ReadAsync<T>(Func<FigureTables, T> read, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await CatchUpAsync(cancellationToken);
            return read(_tables);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var status = await store.GetStatusAsync(cancellationToken);
        if (_reader is null || _epoch != status.Epoch)
        {
            Begin(status.Epoch);
        }

        while (_position < status.Head)
        {
            try
            {
                var page = await store.ReadFeedAsync(_position, PageSize, cancellationToken);
                codec.Prepare(page.Records.Where(stored => FactReader.Reads(stored.Key.Kind)));
                foreach (var stored in page.Records)
                {
                    Take(stored);
                }

                _position = page.Next;
                if (page.AtHead)
                {
                    break;
                }
            }
            catch (FeedTrimmedException)
            {
                // Nobody asked for so long that what was deleted meanwhile is forgotten.
                Begin(status.Epoch);
            }
        }
    }

    private void Begin(Guid epoch)
    {
        (_epoch, _position, _tables) = (epoch, FeedPosition.Start, new FigureTables());
        _reader = new FactReader(_tables);
    }

    // What was damaged is found and told elsewhere; it counts for nothing here.
    private void Take(StoredRecord stored)
    {
        var (kind, id) = (stored.Key.Kind, stored.Key.Id);
        if (!FactReader.Reads(kind))
        {
            return;
        }

        try
        {
            _reader!.Read(kind, id, stored.IsTombstone ? null : codec.Decode(stored).Payload?.Value);
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            _reader!.Read(kind, id, null);
        }
    }
}
