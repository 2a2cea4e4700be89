using System.Text;
using Exchange.Harness.Nodes;
using Grpc.Core;

namespace Exchange.Harness.Load;

/// <summary>Somebody who writes to a node all the time, and repeats every call until it is answered.</summary>
internal abstract class Clerk(HarnessNode node, int seed)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected HarnessNode Node { get; } = node;

    protected Random Dice { get; } = new(seed);

    /// <summary>Calls that failed and were repeated.</summary>
    public int Repeated { get; private set; }

    /// <summary>Of these, how many because the node's store couldn't write.</summary>
    public int StoreFailures { get; protected set; }

    /// <summary>What a node refused that it should have taken.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>Writes until it is told to be quiet, and ends with nothing unanswered.</summary>
    public async Task RunAsync(CancellationToken quiet)
    {
        while (!quiet.IsCancellationRequested)
        {
            await WriteAsync(quiet);
            await Task.Delay(TimeSpan.FromMilliseconds(Dice.Next(10, 60)), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Writes something, until it is answered.</summary>
    protected abstract Task WriteAsync(CancellationToken quiet);

    /// <summary>Calls until it is answered; a refusal that no fault explains is noted, and null returned.</summary>
    protected async Task<T?> AskAsync<T>(Func<CallOptions, Task<T>> call)
        where T : class
    {
        while (true)
        {
            try
            {
                return await call(new CallOptions(deadline: TimeProvider.System.GetUtcNow().Add(Patience).UtcDateTime));
            }
            catch (RpcException failure) when (failure.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition
                or StatusCode.PermissionDenied or StatusCode.AlreadyExists or StatusCode.OutOfRange or StatusCode.Unimplemented)
            {
                Refused.Add($"{GetType().Name}: {failure.StatusCode} {failure.Status.Detail}");
                return null;
            }
            catch (Exception failure) when (failure is RpcException or HttpRequestException or IOException)
            {
                StoreFailures += failure is RpcException { StatusCode: StatusCode.Unavailable } full && IsOfStore(full) ? 1 : 0;
                await RepeatAsync();
            }
        }
    }

    // Every error of a node carries its reason; what fails on the way carries none.
    private static bool IsOfStore(RpcException failure) =>
        failure.Trailers.GetValueBytes("grpc-status-details-bin") is { } details
        && Encoding.UTF8.GetString(details).Contains("STORE_UNAVAILABLE", StringComparison.Ordinal);

    /// <summary>Waits before a call is repeated.</summary>
    protected async Task RepeatAsync()
    {
        Repeated++;
        await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
    }
}
