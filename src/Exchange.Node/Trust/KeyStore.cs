using System.Buffers.Binary;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// The wrapped data keys, one entry an id, in a store of their own outside the database and its backups. Which id was
/// destroyed when stands beside them, in order, so that a database from before learns of it.
/// </summary>
internal sealed class KeyStore(IRecordStore store, MasterKeys masters, TimeProvider time) : IAsyncDisposable
{
    private const string Keys = "data-keys";
    private const string DestroyedLog = "destroyed";
    private const int PageSize = 1000;
    private const int IdLength = 16;

    // Whoever writes keys holds it: a rotation that wraps anew must not meet a key that is being added.
    private readonly SemaphoreSlim _writing = new(1);

    /// <summary>The master keys that wrap.</summary>
    public MasterKeys Masters => masters;

    /// <summary>The keys of an id. Runs on the calling thread, as the sealing of a record does.</summary>
    public DataKeySet Load(Guid id) => Load([id])[0];

    /// <summary>The keys of some ids, in order.</summary>
    public IReadOnlyList<DataKeySet> Load(IReadOnlyList<Guid> ids)
    {
        // A read of this store is done by its caller's thread, and waits at most for a connection that another frees.
        var read = store.GetEntriesAsync(Keys, [.. ids.Select(KeyOf)], CancellationToken.None);
        var found = read.GetAwaiter().GetResult();
        var sets = new DataKeySet[ids.Count];
        for (var i = 0; i < sets.Length; i++)
        {
            sets[i] = found[i] is { } bytes ? DataKeySet.Unwrap(ids[i], bytes.Span, masters) : DataKeySet.None;
        }

        return sets;
    }

    /// <summary>Stores what is to be kept, in one flush.</summary>
    /// <param name="take">Called once no other write is under way.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task SaveAsync(
        Func<IReadOnlyList<KeyValuePair<Guid, DataKeySet>>> take, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            foreach (var page in take().Chunk(PageSize))
            {
                var entries = page.Select(pair =>
                    new EntryWrite(Keys, KeyOf(pair.Key), pair.Value.Wrap(pair.Key, masters)));
                await store.CommitAsync(new Commit { Entries = [.. entries] }, CancellationToken.None);
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Destroys the keys of an id up to a generation, for good: also what lay in the store's files before is gone.
    /// </summary>
    public async Task DestroyAsync(Guid id, uint upTo, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var number = await LastDestroyedAsync(cancellationToken) + 1;
            var row = new byte[IdLength + 8];
            id.TryWriteBytes(row, bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(row.AsSpan(IdLength), time.GetUtcNow().ToUnixTimeMilliseconds());
            EntryWrite[] entries =
            [
                new(Keys, KeyOf(id), Load(id).Without(upTo).Wrap(id, masters)),
                new(DestroyedLog, Number(number), row),
            ];
            await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
            await store.ScrubAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>How many destructions there were.</summary>
    public async Task<ulong> LastDestroyedAsync(CancellationToken cancellationToken)
    {
        // Numbers are never skipped nor taken away: the last one is found by halves.
        ulong low = 0, high = 1;
        while (await ExistsAsync(high, cancellationToken))
        {
            (low, high) = (high, high * 2);
        }

        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = await ExistsAsync(middle, cancellationToken) ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The ids that were destroyed after a number, with their numbers.</summary>
    public async Task<IReadOnlyList<(ulong Number, Guid Id)>> DestroyedAsync(
        ulong after, CancellationToken cancellationToken)
    {
        var rows = await store.ReadEntriesAsync(
            DestroyedLog, default, after == 0 ? default : Number(after), PageSize, cancellationToken);
        return [.. rows.Select(row => (
            BinaryPrimitives.ReadUInt64BigEndian(row.Key.Span),
            new Guid(row.Value.Span[..IdLength], bigEndian: true)))];
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        masters.Dispose();
        _writing.Dispose();
    }

    private async Task<bool> ExistsAsync(ulong number, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(DestroyedLog, [Number(number)], cancellationToken))[0] is not null;

    private static ReadOnlyMemory<byte> KeyOf(Guid id)
    {
        var key = new byte[IdLength];
        id.TryWriteBytes(key, bigEndian: true, out _);
        return key;
    }

    private static ReadOnlyMemory<byte> Number(ulong number)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return bytes;
    }
}
