using Exchange.Node.Trust;
using Grpc.Core;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Sync;

/// <summary>
/// The one place that decides which node a caller is: the partner whose pinned certificate it shows, and no other. Read
/// anew at each call, so that what an operator removes is refused on connections that are open, too.
/// </summary>
internal sealed partial class Callers(PeerLoader loader, PeerPins pins, TimeProvider time, ILogger<Callers> log)
{
    /// <summary>The partner that a caller says it is, and has proved to be.</summary>
    /// <exception cref="Errors.ExchangeException">It is none, or hasn't.</exception>
    public async Task<SyncPeer> AdmitAsync(string node, ServerCallContext context)
    {
        await ProveAsync(node, context);
        return await loader.FindAsync(node, context.CancellationToken);
    }

    /// <summary>The partner whose certificate a caller shows, whether or not anything is agreed with it.</summary>
    /// <exception cref="Errors.ExchangeException">It shows none that is pinned and good.</exception>
    public Task<string> WhoAsync(ServerCallContext context) => ProveAsync(null, context);

    private async Task<string> ProveAsync(string? node, ServerCallContext context)
    {
        if (context.GetHttpContext().Connection.ClientCertificate is not { } shown)
        {
            throw Refuse(node, CertificateFailure.Missing);
        }

        var known = await pins.AllAsync(context.CancellationToken);
        if (PeerTrust.FaultOf(node, shown, known, time.GetUtcNow(), out var owner) is { } fault)
        {
            throw Refuse(node, fault);
        }

        await pins.UsedAsync(owner, TlsCertificate.HashOf(shown), context.CancellationToken);
        return owner;
    }

    private Errors.ExchangeException Refuse(string? node, SyncFailure why)
    {
        Refused(node is not null && NodeIds.IsValid(node) ? node : "an unnamed node", why.Message);
        return why.ToException();
    }

    [LoggerMessage(1, LogLevel.Warning, "A call in the name of {Node} was refused: {Why}")]
    private partial void Refused(string node, string why);
}
