namespace Exchange.Store.CrashWriter;

/// <summary>
/// Writes until the disk is full, sees that the store says so and keeps what it acknowledged, makes room, and sees that
/// it goes on.
/// </summary>
internal static class FillMode
{
    private const int MostCommits = 100_000;
    private const int MoreCommits = 50;

    public static async Task RunAsync(string directory, string engine, string ballast)
    {
        var acknowledged = await FillAsync(directory, engine, ballast);
        await using var store = await OpenAsync(directory, engine);
        await CrashCheck.RunAsync(store, [acknowledged], CancellationToken.None);
        Console.WriteLine($"ok {acknowledged}");
    }

    private static async Task<int> FillAsync(string directory, string engine, string ballast)
    {
        await using var store = await OpenAsync(directory, engine);
        var acknowledged = 0;
        while (await TryAsync(store, acknowledged + 1))
        {
            acknowledged++;
            if (acknowledged > MostCommits)
            {
                throw new InvalidOperationException("The disk never got full.");
            }
        }

        // Still full: the store must stay readable, and refuse again.
        await CrashCheck.RunAsync(store, [acknowledged], CancellationToken.None);
        Console.WriteLine($"full after {acknowledged}, then {await TryAsync(store, acknowledged + 1)}");
        File.Delete(ballast);
        for (var i = 0; i < MoreCommits; i++)
        {
            if (!await TryAsync(store, ++acknowledged))
            {
                throw new InvalidOperationException("The disk has room again, but the store doesn't go on.");
            }
        }

        return acknowledged;
    }

    private static async Task<bool> TryAsync(IRecordStore store, int number)
    {
        try
        {
            await store.CommitAsync(CrashScript.Commit(0, number), CancellationToken.None);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static Task<IRecordStore> OpenAsync(string directory, string engine) => RecordStores.OpenAsync(
        new StoreOptions(directory, "node-crash", engine), TimeProvider.System, CancellationToken.None);
}
