using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>A stream that the node has answered on, whatever its messages are.</summary>
internal sealed class OpenStreamCall(IDisposable call, Func<CancellationToken, Task<bool>> moveNext, Func<Task> send)
    : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<OpenStreamCall> StartAsync<TResponse>(AsyncServerStreamingCall<TResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return new OpenStreamCall(call, call.ResponseStream.MoveNext, () => Task.CompletedTask);
    }

    public static async Task<OpenStreamCall> StartAsync<TRequest, TResponse>(
        AsyncDuplexStreamingCall<TRequest, TResponse> call, TRequest open)
    {
        await call.RequestStream.WriteAsync(open);
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        return new OpenStreamCall(call, call.ResponseStream.MoveNext, () => call.RequestStream.WriteAsync(open));
    }

    /// <summary>Reads to the end, which must be an error.</summary>
    public Task<RpcException> EndAsync() => Assert.ThrowsAsync<RpcException>(async () =>
    {
        while (await moveNext(CancellationToken.None).WaitAsync(Patience, TimeProvider.System))
        {
        }
    });

    /// <summary>Whether the node still reads what is sent: it answers a second opening with an error of its own.</summary>
    public async Task<bool> GoesOnAsync()
    {
        await send();
        var error = await EndAsync();
        return error.StatusCode == StatusCode.InvalidArgument;
    }

    public ValueTask DisposeAsync()
    {
        call.Dispose();
        return ValueTask.CompletedTask;
    }
}
