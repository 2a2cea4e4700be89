using System.Globalization;

namespace Exchange.Cli.Output;

/// <summary>One line that shows how far the work is, rewritten a few times a second.</summary>
internal sealed class ProgressLine(TextWriter terminal, TimeProvider time, string what) : IDisposable
{
    private const string Clear = "\r\e[K";

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _writing = new();
    private long _shown = time.GetTimestamp();
    private long _count;

    /// <summary>Counts items that were done.</summary>
    public void Add(long items)
    {
        lock (_writing)
        {
            _count += items;
            if (time.GetElapsedTime(_shown) < Period)
            {
                return;
            }

            _shown = time.GetTimestamp();
            var rate = _count / Math.Max(0.001, time.GetElapsedTime(_start).TotalSeconds);
            terminal.Write(string.Create(CultureInfo.InvariantCulture, $"{Clear}{what}: {_count:N0} ({rate:N0}/s)"));
        }
    }

    public void Dispose() => terminal.Write(Clear);
}
