using Exchange.Node.Sync;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>Nothing is ever damaged in a history, so that whatever a source can't read is a broken promise.</summary>
internal sealed class FlowLog(FlowWorld world) : ILogger<SyncSource>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        world.Broken ??= $"'{formatter(state, exception)}'.";
}
