namespace Exchange.Store.LiteDb;

/// <summary>
/// Keeps checkpoints and copies of a file apart, across processes too. LiteDB changes its data file in checkpoints
/// only, so whoever holds them off can copy it while commits go on into the log. The system lets go of a dead process's
/// hold.
/// </summary>
internal static class CheckpointLock
{
    private const string Suffix = "-lock";

    /// <summary>For a checkpoint; null while the file is copied.</summary>
    public static FileStream? TryTake(string file) => TryOpen(file, FileAccess.ReadWrite, FileShare.None);

    /// <summary>For a copy; null during a checkpoint.</summary>
    public static FileStream? TryShare(string file) => TryOpen(file, FileAccess.Read, FileShare.Read);

    private static FileStream? TryOpen(string file, FileAccess access, FileShare share)
    {
        try
        {
            return new FileStream(file + Suffix, FileMode.OpenOrCreate, access, share);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
