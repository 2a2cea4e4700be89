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
    private const string Rotation = "rotation";
    private const int PageSize = 1000;
    private const int IdLength = 16;

    private static readonly byte[] RotationKey = [1];

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
    /// Destroys the keys of some ids, each up to a generation, for good: also what lay in the store's files before is
    /// gone.
    /// </summary>
    public async Task DestroyAsync(IReadOnlyDictionary<Guid, uint> upTo, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var number = await LastDestroyedAsync(cancellationToken);
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var page in upTo.Keys.Chunk(PageSize))
            {
                var entries = new List<EntryWrite>(2 * page.Length);
                foreach (var (id, set) in page.Zip(Load(page)))
                {
                    var row = new byte[IdLength + 8];
                    id.TryWriteBytes(row, bigEndian: true, out _);
                    BinaryPrimitives.WriteInt64BigEndian(row.AsSpan(IdLength), now);
                    entries.Add(new(Keys, KeyOf(id), set.Without(upTo[id]).Wrap(id, masters)));
                    entries.Add(new(DestroyedLog, Number(++number), row));
                }

                await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
            }

            await store.ScrubAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>How far the last rotation is; null when there never was one.</summary>
    public async Task<RotationState?> RotationAsync(CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Rotation, [RotationKey], cancellationToken))[0] is { } bytes
            ? RotationState.Read(bytes.Span)
            : null;

    /// <summary>Notes how far a rotation is.</summary>
    public Task NoteAsync(RotationState state, CancellationToken cancellationToken) =>
        store.CommitAsync(new Commit { Entries = [Note(state)] }, cancellationToken);

    /// <summary>
    /// Changes a page of ids in the order in which they lie, together with the state of the rotation that does it.
    /// </summary>
    /// <param name="state">Where it is; its cursor says after which id.</param>
    /// <param name="change">Makes of the keys of an id what they are to be; null leaves the bytes as they are.</param>
    /// <param name="next">Makes the state after so many changes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The state after the page, and the ids that were changed; without a cursor at the end.</returns>
    public async Task<(RotationState State, IReadOnlyList<Guid> Changed)> ChangePageAsync(
        RotationState state,
        Func<Guid, ReadOnlyMemory<byte>, DataKeySet?> change,
        Func<RotationState, int, RotationState> next,
        CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var page = await store.ReadEntriesAsync(Keys, default, state.Cursor, PageSize, cancellationToken);
            var entries = new List<EntryWrite>();
            var changed = new List<Guid>();
            foreach (var entry in page)
            {
                var id = new Guid(entry.Key.Span, bigEndian: true);
                if (change(id, entry.Value) is { } set)
                {
                    entries.Add(new EntryWrite(Keys, entry.Key, set.Wrap(id, masters)));
                    changed.Add(id);
                }
            }

            byte[] cursor = page.Count < PageSize ? [] : page[^1].Key.ToArray();
            var after = next(state, changed.Count) with { Cursor = cursor };
            await store.CommitAsync(new Commit { Entries = [.. entries, Note(after)] }, cancellationToken);
            return (after, changed);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Leaves nothing of what was replaced in the key store's files.</summary>
    public Task ScrubAsync(CancellationToken cancellationToken) => store.ScrubAsync(cancellationToken);

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

    private static EntryWrite Note(RotationState state) => new(Rotation, RotationKey, state.ToBytes());

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
