namespace Exchange.Node.Hosting;

/// <summary>When this process began to serve.</summary>
internal sealed class NodeStart(TimeProvider time)
{
    public DateTimeOffset Time { get; } = time.GetUtcNow();
}
