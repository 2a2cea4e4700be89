using Exchange.Store.Embedded;

namespace Exchange.Store;

/// <summary>
/// Backups: a directory like the store's own, marked so that it is only ever restored, never opened in its place.
/// </summary>
public static partial class RecordStores
{
    /// <summary>
    /// Copies one state of a store into a new directory, while a node serves from it or not; everything acknowledged
    /// before the call is in it. The copy is opened once, so that a backup that can't be read is never kept.
    /// </summary>
    /// <param name="directory">The store's directory.</param>
    /// <param name="target">A directory that is absent or empty.</param>
    /// <param name="time">When it is.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing behind.</param>
    /// <exception cref="StoreOpenException">There is no store, or the target holds something.</exception>
    public static async Task<StoreStatus> BackUpAsync(
        string directory, string target, TimeProvider time, CancellationToken cancellationToken)
    {
        var engine = Named(PresentOrThrow(directory).Engine);
        RequireEmpty(target, "Choose another directory for the backup.");
        var draft = NewDraft(target, ".partial");
        try
        {
            DataDirectory.WriteMark(draft, engine.Name, time.GetUtcNow());
            var copy = Path.Combine(draft, engine.FileName);
            await engine.CopyAsync(Path.Combine(directory, engine.FileName), copy, cancellationToken);
            var status = await UseAsync(
                engine, copy, time, store => store.GetStatusAsync(cancellationToken));
            Finish(draft, target);
            return status;
        }
        finally
        {
            DeleteDraft(draft);
        }
    }

    /// <summary>
    /// Makes a store from a backup and begins a new epoch in it, so that nobody trusts a cursor into the history that
    /// the backup doesn't have.
    /// </summary>
    /// <param name="backup">
    /// A backup, or the directory of a store that nobody uses, as a snapshot of a disk has it.
    /// </param>
    /// <param name="directory">The store's directory; absent, or without a store.</param>
    /// <param name="time">When it is.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing behind.</param>
    /// <exception cref="StoreOpenException">
    /// There is no backup, it is in use, or the directory holds a store already.
    /// </exception>
    public static async Task<StoreStatus> RestoreAsync(
        string backup, string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var engine = Named(PresentOrThrow(backup).Engine);
        RequireEmpty(directory, "Move it away first: a restore never overwrites.");
        using var unused = HoldIfLocked(backup);
        var draft = NewDraft(directory, ".restoring");
        try
        {
            // What belongs to the engine's file: the file itself and its log.
            foreach (var file in Directory.GetFiles(backup, engine.FileName + "*"))
            {
                cancellationToken.ThrowIfCancellationRequested();
                File.Copy(file, Path.Combine(draft, Path.GetFileName(file)));
            }

            DataDirectory.WriteMark(draft, engine.Name);
            var status = await UseAsync(engine, Path.Combine(draft, engine.FileName), time, async store =>
            {
                await store.BeginEpochAsync(cancellationToken);
                return await store.GetStatusAsync(cancellationToken);
            });
            Finish(draft, directory);
            return status;
        }
        finally
        {
            DeleteDraft(draft);
        }
    }

    private static StoreMark PresentOrThrow(string directory) =>
        (Directory.Exists(directory) ? Present(directory) : null)
        ?? throw new StoreOpenException($"There is no store in '{directory}'.");

    private static void RequireEmpty(string directory, string otherwise)
    {
        if (Directory.Exists(directory)
            && Directory.EnumerateFileSystemEntries(directory).Any(IsMoreThanLock))
        {
            throw new StoreOpenException($"'{directory}' holds something already. {otherwise}");
        }
    }

    private static bool IsMoreThanLock(string path) => Path.GetFileName(path) != DataDirectory.LockName;

    // A directory that was never opened has no lock file, and may be on a medium that can't be written to.
    private static FileStream? HoldIfLocked(string directory)
    {
        var file = Path.Combine(directory, DataDirectory.LockName);
        try
        {
            return File.Exists(file) ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None) : null;
        }
        catch (IOException exception)
        {
            throw new StoreOpenException(
                $"'{directory}' is in use by another process. "
                + "Back it up with 'exchange store backup', and restore that.",
                exception);
        }
    }

    // Only its owner may look into it: it holds the whole register.
    private static string NewDraft(string target, string suffix)
    {
        var draft = Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)) + suffix;
        DeleteDraft(draft);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(draft);
        }
        else
        {
            Directory.CreateDirectory(
                draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return draft;
    }

    private static void DeleteDraft(string draft)
    {
        if (Directory.Exists(draft))
        {
            Directory.Delete(draft, recursive: true);
        }
    }

    private static async Task<StoreStatus> UseAsync(
        EmbeddedEngine engine, string file, TimeProvider time, Func<EmbeddedStore, Task<StoreStatus>> use)
    {
        try
        {
            await using var store = await EmbeddedStore.OpenAsync(engine.Open(file), "", time);
            return await use(store);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new StoreOpenException(
                $"The copied {engine.Name} store can't be opened: {exception.Message} Nothing was kept of it.",
                exception);
        }
    }

    // The directory gets its name when all that is in it has reached the disk.
    private static void Finish(string draft, string target)
    {
        foreach (var file in Directory.GetFiles(draft))
        {
            using var written = new FileStream(file, FileMode.Open, FileAccess.ReadWrite);
            written.Flush(flushToDisk: true);
        }

        if (Directory.Exists(target))
        {
            File.Delete(Path.Combine(target, DataDirectory.LockName));
            Directory.Delete(target);
        }

        Directory.Move(draft, target);
    }
}
