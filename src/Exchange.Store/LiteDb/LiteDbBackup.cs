namespace Exchange.Store.LiteDb;

/// <summary>Copies the data file as the last checkpoint left it, and of its log the commits since.</summary>
internal static class LiteDbBackup
{
    private const int BlockSize = 1 << 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public static async Task CopyAsync(string file, string target, CancellationToken cancellationToken)
    {
        using var still = await HoldOffCheckpointsAsync(file, cancellationToken);
        await Task.Run(() => Copy(file, target, cancellationToken), cancellationToken);
    }

    private static async Task<FileStream> HoldOffCheckpointsAsync(string file, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Pause)
        {
            if (CheckpointLock.TryShare(file) is { } held)
            {
                return held;
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken);
        }

        throw new StoreOpenException($"'{file}' can't be copied: for a minute its log has been copied into it.");
    }

    private static void Copy(string file, string target, CancellationToken cancellationToken)
    {
        using var data = DiskFile.OpenToRead(file);
        using var log = DiskFile.OpenToRead(LiteDbEngine.LogOf(file));

        // What is sealed now stays as it is until a checkpoint; what comes behind may still be taken back.
        var end = LogStream.SealedLength(log);
        Copy(data, data.Length, target, cancellationToken);
        Copy(log, end, LiteDbEngine.LogOf(target), cancellationToken);
    }

    private static void Copy(DiskFile source, long length, string target, CancellationToken cancellationToken)
    {
        using var copy = DiskFile.Open(target);
        var block = new byte[BlockSize];
        for (var position = 0L; position < length; position += BlockSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bytes = block.AsSpan(0, (int)Math.Min(BlockSize, length - position));
            copy.Write(position, bytes[..source.Read(position, bytes)]);
        }

        copy.Flush();
    }
}
