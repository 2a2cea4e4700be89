using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>
/// Makes a node break promises: by laying hands on the frames that it gets and sends, or on what it stores.
/// </summary>
internal sealed class Breakage
{
    /// <summary>What becomes of a frame from the caller; null for nothing.</summary>
    public Func<SyncFrame, SyncFrame?> Received { get; set; } = frame => frame;

    /// <summary>What becomes of a frame to the caller.</summary>
    public Func<SyncFrame, SyncFrame?> Sent { get; set; } = frame => frame;

    /// <summary>What stands in the place of the sink.</summary>
    public Func<ISyncSink, ISyncSink> Sink { get; set; } = sink => sink;

    /// <summary>Mends everything.</summary>
    public void Clear()
    {
        Received = Sent = frame => frame;
        Sink = sink => sink;
    }

    /// <summary>Puts itself between a node and its parts.</summary>
    public void Install(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddSingleton<ISyncFlows>(provider => new BrokenFlows(provider.GetRequiredService<SyncFlows>(), this));
        services.TryAddSingleton<FrameBreaker>();
        services.Configure<GrpcServiceOptions>(grpc => grpc.Interceptors.Add<FrameBreaker>());
    }

    private sealed class BrokenFlows(ISyncFlows inner, Breakage breakage) : ISyncFlows
    {
        public ISyncSource Source(string peer) => inner.Source(peer);

        public ISyncSink Sink(string peer) => breakage.Sink(inner.Sink(peer));

        public Task<FlowStatus> StatusAsync(string peer, CancellationToken cancellationToken) =>
            inner.StatusAsync(peer, cancellationToken);
    }
}

/// <summary>Lays hands on the frames of sync.</summary>
internal sealed class FrameBreaker(Breakage breakage) : Interceptor
{
    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) => continuation(
            requestStream is IAsyncStreamReader<SyncRequest> requests
                ? (IAsyncStreamReader<TRequest>)(object)new Reader(requests, breakage)
                : requestStream,
            responseStream is IServerStreamWriter<SyncResponse> responses
                ? (IServerStreamWriter<TResponse>)(object)new Writer(responses, breakage)
                : responseStream,
            context);

    private sealed class Reader(IAsyncStreamReader<SyncRequest> inner, Breakage breakage) : IAsyncStreamReader<SyncRequest>
    {
        public SyncRequest Current { get; private set; } = new();

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            while (await inner.MoveNext(cancellationToken))
            {
                if (breakage.Received(inner.Current.Frame) is { } frame)
                {
                    Current = new SyncRequest { Frame = frame };
                    return true;
                }
            }

            return false;
        }
    }

    private sealed class Writer(IServerStreamWriter<SyncResponse> inner, Breakage breakage) : IServerStreamWriter<SyncResponse>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(SyncResponse message) => WriteAsync(message, CancellationToken.None);

        public async Task WriteAsync(SyncResponse message, CancellationToken cancellationToken)
        {
            if (breakage.Sent(message.Frame.Clone()) is { } frame)
            {
                await inner.WriteAsync(new SyncResponse { Frame = frame }, cancellationToken);
            }
        }
    }
}
