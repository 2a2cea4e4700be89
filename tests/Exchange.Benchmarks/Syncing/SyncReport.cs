namespace Exchange.Benchmarks.Syncing;

/// <summary>Prints what <see cref="SyncBenchmark"/> measured.</summary>
internal static class SyncReport
{
    public static void Print(SyncFigures row)
    {
        var ceilings = row.Ceilings;
        Line($"{row.Size:N0} workers: bare pipeline {ceilings.Pipeline:N0}/s; with a register "
            + $"{ceilings.Registered:N0}/s, {ceilings.Pipeline / ceilings.Registered - 1:P0} more time for it; "
            + $"engine's bulk rate {ceilings.Bulk:N0}/s");
        First(row, "processes just started", row.Cold);
        First(row, "processes that synced before", row.Warm);
        Line($"{row.Size:N0} workers: 1 % delta of {row.Changed:N0}: {row.WarmDelta.Milliseconds:N0} ms, "
            + $"just started {row.ColdDelta.Milliseconds:N0} ms; "
            + $"empty sync {row.WarmEmpty.Milliseconds:N0} ms, "
            + $"{(row.WarmEmpty.Sender + row.WarmEmpty.Receiver) * 1000:N0} ms of processor, "
            + $"the first {row.ColdEmpty.Milliseconds:N0} ms; "
            + $"start {row.Start.TotalMilliseconds:N0} ms (goal < 1,000)");
        Line($"{row.Size:N0} workers: peak memory {row.SenderMemory >> 20} MiB sending, "
            + $"{row.ReceiverMemory >> 20} MiB receiving");
    }

    public static void PrintGrowth(SyncFigures small, SyncFigures large)
    {
        var delta = large.WarmDelta.Seconds / small.WarmDelta.Seconds / ((double)large.Changed / small.Changed);
        Line($"time per changed record, largest to smallest: {delta:F2} (goal <= 1.2)");
        Line($"peak memory, largest to smallest: sender {(double)large.SenderMemory / small.SenderMemory:F2}, "
            + $"receiver {(double)large.ReceiverMemory / small.ReceiverMemory:F2} (goal <= 1.2)");
        Line($"empty sync, largest to smallest: {large.WarmEmpty.Seconds / small.WarmEmpty.Seconds:F2}");
    }

    public static void Line(string text) => Console.WriteLine(text);

    private static void First(SyncFigures row, string state, SyncTime time)
    {
        var rate = row.Records / time.Seconds;
        Line($"{row.Size:N0} workers: first sync of {row.Records:N0} records, {state}: {time.Seconds:F1} s, "
            + $"{rate:N0}/s; "
            + $"{rate / row.Ceilings.Pipeline:F2} of the bare pipeline (goal >= 0.5), "
            + $"{rate / row.Ceilings.Bulk:F2} of the engine's bulk rate; processor time a record: "
            + $"sender {time.Sender / row.Records * 1e6:F0} us, receiver {time.Receiver / row.Records * 1e6:F0} us");
    }
}
