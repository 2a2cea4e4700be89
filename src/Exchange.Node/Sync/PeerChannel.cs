using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;
using Exchange.V1;
using Grpc.Net.Client;

namespace Exchange.Node.Sync;

/// <summary>The connection to a partner's node, for every call that one node makes to another.</summary>
internal sealed class PeerChannel : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);

    private readonly string _node;
    private readonly IReadOnlyList<PeerCertificate> _pins;
    private readonly TimeProvider _time;

    /// <summary>Prepares calls; nothing is sent yet. Disposing the channel ends the connection.</summary>
    /// <param name="node">The partner's id.</param>
    /// <param name="address">Where it listens.</param>
    /// <param name="own">What is shown to it.</param>
    /// <param name="pins">The pinned certificates of all partners; those of this one are believed.</param>
    /// <param name="time">The clock.</param>
    public PeerChannel(
        string node, string address, TlsCertificate own, IReadOnlyList<PeerCertificate> pins, TimeProvider time)
    {
        (_node, _pins, _time) = (node, pins, time);
        Calls = GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = ConnectTimeout,
                KeepAlivePingDelay = PingDelay,
                KeepAlivePingTimeout = PingTimeout,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                SslOptions = TlsSettings.Client(own, IsBelieved),
            },
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MessageSizes.MaxBytes,
        });
    }

    /// <summary>What calls go through.</summary>
    public GrpcChannel Calls { get; }

    /// <summary>The SHA-256 of the public key that the partner has shown; null before the first handshake.</summary>
    public byte[]? Shown { get; private set; }

    public void Dispose() => Calls.Dispose();

    // A partner is known by its key; the name in its certificate may be that of another line.
    private bool IsBelieved(X509Certificate2 shown)
    {
        if (PeerTrust.FaultOf(_node, shown, _pins, _time.GetUtcNow(), out _) is { } fault)
        {
            // Goes through the handshake to whoever made the call, who tells it from a line that is broken.
            throw fault.ToException();
        }

        Shown = TlsCertificate.HashOf(shown);
        return true;
    }
}
