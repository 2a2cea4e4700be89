using Exchange.Store.Embedded;
using Exchange.Store.Memory;
using Exchange.Store.Sqlite;

namespace Exchange.Store;

/// <summary>How to open a store.</summary>
/// <param name="Directory">
/// The data directory; created if absent. It remembers its engine. Ignored by <c>memory</c>.
/// </param>
/// <param name="Node">The id of the node whose records are written here.</param>
/// <param name="Engine">
/// The engine for a new directory; null takes the first of <see cref="RecordStores.Engines"/>.
/// </param>
public sealed record StoreOptions(string Directory, string Node, string? Engine = null)
{
    /// <summary>Writes about noted commits in their own transaction; null when nobody does.</summary>
    public CommitSeal? Seal { get; init; }
}

/// <summary>Opens stores by the name of their engine.</summary>
public static partial class RecordStores
{
    private static readonly EmbeddedEngine[] Embedded = Find();

    /// <summary>
    /// The engines in this build that keep their data, the default one first. <c>memory</c> can be opened too.
    /// </summary>
    public static IReadOnlyList<string> Engines { get; } = Array.ConvertAll(Embedded, engine => engine.Name);

    /// <summary>Opens the store in a data directory, or begins a new one there.</summary>
    /// <exception cref="StoreOpenException">The directory is another engine's, in use, or damaged.</exception>
    public static async Task<IRecordStore> OpenAsync(
        StoreOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (options.Engine == MemoryEngine.EngineName)
        {
            return await EmbeddedStore.OpenAsync(new MemoryEngine(), options.Node, time, seal: options.Seal);
        }

        // Opening files blocks, and a caller may be on a thread that must not.
        var (directory, engine) = await Task.Run(() => OpenEngine(options), cancellationToken);
        try
        {
            return await EmbeddedStore.OpenAsync(engine, options.Node, time, directory, options.Seal);
        }
        catch (Exception exception) when (exception is not StoreOpenException)
        {
            throw Damaged(options.Directory, engine.Name, exception);
        }
    }

    // Implemented by the engine's own folder, which only a build that has its package compiles.
    static partial void AddLiteDb(List<EmbeddedEngine> engines);

    private static EmbeddedEngine[] Find()
    {
        var engines = new List<EmbeddedEngine>();
        AddLiteDb(engines);
        engines.Add(new EmbeddedEngine(
            SqliteEngine.EngineName, SqliteEngine.FileName, SqliteEngine.Open, SqliteBackup.CopyAsync));
        return [.. engines];
    }

    private static (DataDirectory Directory, IStorageEngine Engine) OpenEngine(StoreOptions options)
    {
        var directory = DataDirectory.Open(options.Directory);
        try
        {
            var engine = Choose(options, directory);
            DataDirectory.WriteMark(directory.Path, engine.Name);
            return (directory, OpenFile(engine, directory.Path));
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static EmbeddedEngine Choose(StoreOptions options, DataDirectory directory)
    {
        var present = Present(directory.Path);
        if (present is { Backup: { } taken })
        {
            throw new StoreOpenException(
                $"'{options.Directory}' is a backup of {taken:u}. Opened in its place it would repeat a history that "
                + "partners have read on from: restore it with 'exchange store restore'.");
        }

        if (present is not null && options.Engine is { } wanted && wanted != present.Engine)
        {
            throw new StoreOpenException(
                $"Data directory '{options.Directory}' was made by engine '{present.Engine}', not '{wanted}'. "
                + $"Open it with '{present.Engine}', or move the store to '{wanted}' with 'exchange store copy'.");
        }

        return Named(present?.Engine ?? options.Engine ?? Embedded[0].Name);
    }

    // Without its mark, a directory is known by its file: the mark may be lost in a power cut at the first start.
    private static StoreMark? Present(string directory) =>
        DataDirectory.ReadMark(directory)
        ?? (Embedded.FirstOrDefault(engine => File.Exists(Path.Combine(directory, engine.FileName))) is { } found
            ? new StoreMark(found.Name, 0)
            : null);

    private static EmbeddedEngine Named(string name) =>
        Embedded.FirstOrDefault(engine => engine.Name == name)
        ?? throw new StoreOpenException(
            $"Engine '{name}' isn't part of this build, which has {string.Join(", ", Engines)}.");

    private static IStorageEngine OpenFile(EmbeddedEngine engine, string directory)
    {
        try
        {
            return engine.Open(Path.Combine(directory, engine.FileName));
        }
        catch (Exception exception)
        {
            throw Damaged(directory, engine.Name, exception);
        }
    }

    private static StoreOpenException Damaged(string directory, string engine, Exception exception) => new(
        $"The {engine} store in '{directory}' can't be opened: {exception.Message} "
        + "If the file is damaged, restore a backup.",
        exception);
}

/// <summary>An engine in this build.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FileName">Its file in a data directory.</param>
/// <param name="Open">Opens the file, or makes a new one.</param>
/// <param name="CopyAsync">
/// Copies one state of the file into a new one, also while another process commits to it.
/// </param>
internal sealed record EmbeddedEngine(
    string Name,
    string FileName,
    Func<string, IStorageEngine> Open,
    Func<string, string, CancellationToken, Task> CopyAsync);
