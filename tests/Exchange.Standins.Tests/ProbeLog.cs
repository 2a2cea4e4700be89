namespace Exchange.Standins.Tests;

/// <summary>What the server tells a test outside of its answers.</summary>
internal sealed class ProbeLog
{
    /// <summary>Long enough for the slowest machine: only a test that fails waits as long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Bytes that are no text.</summary>
    public static byte[] Bytes => [0, 255, 128, 13, 10];

    /// <summary>Completes when a handler waits.</summary>
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when that handler has stopped waiting.</summary>
    public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The request headers of HTTP, which a handler doesn't see all of.</summary>
    public Dictionary<string, string> HttpHeaders { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The kinds of calls that the server's interceptor has seen.</summary>
    public List<string> Intercepted { get; } = [];
}
