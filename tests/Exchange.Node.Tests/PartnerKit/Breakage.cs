using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>
/// Makes a node break promises: by laying hands on the certificates that it is shown, on the frames that it gets and
/// sends, or on what it stores.
/// </summary>
internal sealed class Breakage
{
    /// <summary>For which certificate it takes the one that a caller shows.</summary>
    public Func<X509Certificate2?, X509Certificate2?> Shown { get; set; } = shown => shown;

    /// <summary>With which status it breaks down at a frame from the caller; null for not at all.</summary>
    public Func<SyncFrame, StatusCode?> BreaksDown { get; set; } = _ => null;

    /// <summary>What it answers to a frame without another look at it; null for nothing.</summary>
    public Func<SyncFrame, SyncFrame?> Answered { get; set; } = _ => null;

    /// <summary>What becomes of a frame from the caller.</summary>
    public Func<SyncFrame, SyncFrame> Received { get; set; } = frame => frame;

    /// <summary>What becomes of a frame to the caller.</summary>
    public Func<SyncFrame, SyncFrame?> Sent { get; set; } = frame => frame;

    /// <summary>What stands in the place of the sink.</summary>
    public Func<ISyncSink, ISyncSink> Sink { get; set; } = sink => sink;

    /// <summary>Mends everything.</summary>
    public void Clear()
    {
        Shown = shown => shown;
        BreaksDown = _ => null;
        Answered = _ => null;
        Received = frame => frame;
        Sent = frame => frame;
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
