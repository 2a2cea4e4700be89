using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Exchange.Store.Sqlite;

/// <summary>
/// Copies a file as one reading transaction sees it; whoever writes to it goes on. The copy is written row by row, so
/// that it holds nothing of what was deleted before.
/// </summary>
internal static class SqliteBackup
{
    public static Task CopyAsync(string file, string target, CancellationToken cancellationToken) =>
        Task.Run(() => Copy(file, target, cancellationToken), cancellationToken);

    private static void Copy(string file, string target, CancellationToken cancellationToken)
    {
        Batteries_V2.Init();
        using var link = SqliteLink.OpenSource(file);
        using var giveUp = cancellationToken.UnsafeRegister(static state => ((SqliteLink)state!).Interrupt(), link);
        try
        {
            link.Execute($"VACUUM INTO '{target.Replace("'", "''", StringComparison.Ordinal)}'");
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw new StoreOpenException($"'{file}' can't be copied: {exception.Message}", exception);
        }
    }
}
