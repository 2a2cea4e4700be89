using Exchange.Store.Embedded;

namespace Exchange.Store;

/// <summary>Moving: a store goes on in another directory and, where the build has one, over another engine.</summary>
public static partial class RecordStores
{
    /// <summary>
    /// Copies a store that nobody uses into a new directory, with its epoch and all positions, and compares both whole.
    /// What was copied is a backup from then on, so that one history doesn't go on in two places.
    /// </summary>
    /// <param name="directory">The store's directory.</param>
    /// <param name="target">A directory that is absent or empty; it appears when the copy is complete.</param>
    /// <param name="engine">The copy's engine; null for the same one.</param>
    /// <param name="time">When it is.</param>
    /// <param name="progress">Told of records and entries that were copied.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing behind.</param>
    /// <exception cref="StoreOpenException">
    /// There is no store, it is in use or a backup, the build doesn't have the engine, the target holds something, or
    /// the copy isn't the same. The store is as it was.
    /// </exception>
    public static async Task<StoreCopy> CopyAsync(
        string directory,
        string target,
        string? engine,
        TimeProvider time,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var present = PresentOrThrow(directory);
        if (present.Backup is { } taken)
        {
            throw new StoreOpenException(
                $"'{directory}' is a backup of {taken:u}. Restore it first, with 'exchange store restore'.");
        }

        var (from, to) = (Named(present.Engine), Named(engine ?? present.Engine));
        RequireEmpty(target, "Choose another directory for the copy.");
        using var held = DataDirectory.Open(directory);
        var draft = NewDraft(target, ".copying");
        try
        {
            var file = Path.Combine(draft, to.FileName);
            var digest = await Task.Run(
                () => CopyFile(from, Path.Combine(directory, from.FileName), to, file, progress, cancellationToken),
                cancellationToken);
            DataDirectory.WriteMark(draft, to.Name);
            var status = await UseAsync(to, file, time, store => store.GetStatusAsync(cancellationToken));
            Finish(draft, target);
            DataDirectory.WriteMark(directory, from.Name, time.GetUtcNow());
            return new StoreCopy(status, digest);
        }
        finally
        {
            DeleteDraft(draft);
        }
    }

    private static byte[] CopyFile(
        EmbeddedEngine from,
        string file,
        EmbeddedEngine to,
        string copy,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        try
        {
            using var source = from.Open(file);
            source.Writer.Begin();
            using (var fresh = to.Open(copy))
            {
                EngineCopy.Run(source.Writer, fresh.Writer, progress, cancellationToken);
            }

            // Of what reached the file, not of what was handed to the engine.
            using var made = to.Open(copy);
            made.Writer.Begin();
            var digest = EngineCopy.Digest(source.Writer, cancellationToken);
            var isSame = EngineCopy.Digest(made.Writer, cancellationToken).AsSpan().SequenceEqual(digest);
            made.Writer.Rollback();
            source.Writer.Rollback();
            return isSame
                ? digest
                : throw new StoreOpenException(
                    $"The copy of '{file}' isn't the same as the store. Nothing was kept of it.");
        }
        catch (Exception exception) when (exception is not (StoreOpenException or OperationCanceledException))
        {
            throw new StoreOpenException(
                $"The store '{file}' can't be copied: {exception.Message} Nothing was kept of the copy.", exception);
        }
    }
}

/// <summary>A store that was copied.</summary>
/// <param name="Status">What the copy says of itself.</param>
/// <param name="Digest">SHA-256 over everything in it, the same for what was copied and for the copy.</param>
public sealed record StoreCopy(StoreStatus Status, ReadOnlyMemory<byte> Digest);
