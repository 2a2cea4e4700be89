using Exchange.Node.Hosting;
using Exchange.Node.Trust;
using Grpc.Net.Client;

namespace Exchange.Node.Sync;

/// <summary>The connection to a partner's node, for every call that one node makes to another.</summary>
internal static class PeerChannel
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Prepares calls; nothing is sent yet. Disposing the channel ends the connection.</summary>
    public static GrpcChannel Open(string address) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = ConnectTimeout,
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            SslOptions = TlsSettings.Client(null, _ => true),
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = MessageSizes.MaxBytes,
    });
}
