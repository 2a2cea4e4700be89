using System.Diagnostics;

namespace Exchange.Benchmarks;

/// <summary>
/// How often something can be done, and what it costs this process: the latter also means something on a busy machine.
/// </summary>
internal sealed record Figure(double PerSecond, double CpuMicroseconds)
{
    public static async Task<Figure> MeasureAsync(int count, Func<Task> action)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        await action();
        var spent = Environment.CpuUsage.TotalTime - before;
        return new Figure(count / watch.Elapsed.TotalSeconds, spent.TotalMicroseconds / count);
    }

    public static Figure Measure(int count, Action action)
    {
        var (watch, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        action();
        var spent = Environment.CpuUsage.TotalTime - before;
        return new Figure(count / watch.Elapsed.TotalSeconds, spent.TotalMicroseconds / count);
    }
}
