using System.Runtime.CompilerServices;
using Exchange.Node.Hosting;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Exchange.Node.Health;

/// <summary>Whether calls should be sent to this node.</summary>
internal sealed class NodeHealth
{
    private readonly Lock _change = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ServingStatus Status { get; private set; } = ServingStatus.NotServing;

    /// <summary>The server as a whole, or one of its services.</summary>
    public static bool Knows(string service) => service.Length == 0 || NodeContract.ServiceNames.Contains(service);

    public void Set(ServingStatus status)
    {
        TaskCompletionSource changed;
        lock (_change)
        {
            Status = status;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    /// <summary>Yields the present status and every change after it, and ends with the caller.</summary>
    public async IAsyncEnumerable<ServingStatus> WatchAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            ServingStatus status;
            Task changed;
            lock (_change)
            {
                (status, changed) = (Status, _changed.Task);
            }

            yield return status;
            await changed.WaitAsync(cancellationToken);
        }
    }
}
