using System.Text;
using Exchange.Store;

namespace Exchange.Node.Trust;

/// <summary>
/// Opens the key store that belongs to a database, or makes the first one; never another in its place.
/// </summary>
internal static class KeyStores
{
    /// <summary>The folder of the wrapped keys, in the folder of keys.</summary>
    public const string FolderName = "data-keys";

    private const string Engine = "sqlite";
    private const string About = "about";
    private const string Collection = "key-store";

    private static readonly byte[] IdKey = Encoding.ASCII.GetBytes("id");

    /// <summary>Opens the key store of a node.</summary>
    /// <param name="folder">The folder of keys.</param>
    /// <param name="node">The node.</param>
    /// <param name="database">The database, which remembers which key store is its own.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreOpenException">It is lost, or another one; nothing was written.</exception>
    public static async Task<KeyStore> OpenAsync(
        string folder, string node, IRecordStore database, TimeProvider time, CancellationToken cancellationToken)
    {
        var known = await KnownAsync(database, cancellationToken);
        var masters = MasterKeys.Find(folder);
        var path = Path.Combine(folder, FolderName);
        Refuse(folder, known, masters, Directory.Exists(path));
        masters ??= MasterKeys.Create(folder, time);
        KeyBackup.DropRemains(folder);
        IRecordStore? store = null;
        try
        {
            store = await RecordStores.OpenAsync(new StoreOptions(path, node, Engine), time, cancellationToken);
            await ProveAsync(store, masters, folder, isNew: known is null, cancellationToken);
            if (known is null)
            {
                var entry = new EntryWrite(Collection, IdKey, masters.StoreId.ToByteArray());
                await database.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);
            }

            return new KeyStore(store, masters, time);
        }
        catch
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            masters.Dispose();
            throw;
        }
    }

    /// <summary>A key store that lives as long as the process.</summary>
    public static async Task<KeyStore> InMemoryAsync(TimeProvider time) => new(
        await RecordStores.OpenAsync(new StoreOptions("", "keys", "memory"), time, CancellationToken.None),
        MasterKeys.Create(folder: null, time),
        time);

    private static async Task<Guid?> KnownAsync(IRecordStore database, CancellationToken cancellationToken) =>
        (await database.GetEntriesAsync(Collection, [IdKey], cancellationToken))[0] is { } bytes
            ? new Guid(bytes.Span)
            : null;

    private static void Refuse(string folder, Guid? known, MasterKeys? masters, bool hasKeys)
    {
        if (masters is null && (known is not null || hasKeys))
        {
            throw Lost($"'{Path.Combine(folder, MasterKeys.FileName)}' is missing");
        }

        if (known is not null && !hasKeys)
        {
            throw Lost($"'{Path.Combine(folder, FolderName)}' is missing");
        }

        if (known is { } id && masters is not null && masters.StoreId != id)
        {
            throw Lost($"The keys in '{folder}' are those of another node or another time");
        }
    }

    // Written with the key store's first commit; what stands there must be what the masters say.
    private static async Task ProveAsync(
        IRecordStore store, MasterKeys masters, string folder, bool isNew, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(About, [IdKey], cancellationToken);
        if (found[0] is { } id)
        {
            if (new Guid(id.Span) != masters.StoreId)
            {
                throw Lost($"The keys in '{folder}' are wrapped under other master keys than those beside them");
            }
        }
        else if (isNew)
        {
            var entry = new EntryWrite(About, IdKey, masters.StoreId.ToByteArray());
            await store.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);
        }
        else
        {
            throw Lost($"The key store in '{folder}' is empty");
        }
    }

    private static StoreOpenException Lost(string what) => new(
        what + ", and without the right keys the personal records of this node can't be read. Restore the keys from "
        + "their backup with 'exchange keys restore'; nothing was changed.");
}
