namespace Exchange.Store.CrashWriter;

/// <summary>Writes until it is killed, and says on its output what was acknowledged.</summary>
internal static class WriteMode
{
    public static async Task RunAsync(string directory, string engine, int writers, int commits)
    {
        await using var store = await RecordStores.OpenAsync(
            new StoreOptions(directory, "node-crash", engine), TimeProvider.System, CancellationToken.None);
        using var output = Console.OpenStandardOutput();
        Say(output, "ready");
        await Task.WhenAll(Enumerable.Range(0, writers).Select(
            writer => Task.Run(() => WriteAsync(store, writer, commits, output))));
    }

    private static async Task WriteAsync(IRecordStore store, int writer, int commits, Stream output)
    {
        var first = await CrashScript.ProgressAsync(store, writer) + 1;
        for (var number = first; number < first + commits; number++)
        {
            await store.CommitAsync(CrashScript.Commit(writer, number), CancellationToken.None);
            Say(output, $"ack {writer} {number}");
        }
    }

    // One write for a line: half a line would be an acknowledgement of something else.
    private static void Say(Stream output, string line)
    {
        var bytes = System.Text.Encoding.ASCII.GetBytes(line + "\n");
        lock (output)
        {
            output.Write(bytes);
            output.Flush();
        }
    }
}
