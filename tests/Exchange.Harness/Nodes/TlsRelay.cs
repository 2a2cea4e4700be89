using System.Net.Security;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;

namespace Exchange.Harness.Nodes;

/// <summary>
/// Stands between two nodes and reads along, which it can only because it has the private keys of both: to the caller it is
/// the called node, to the called node it is the caller.
/// </summary>
/// <param name="caller">The data directory of the node that calls.</param>
/// <param name="called">The data directory of the node that is called.</param>
internal sealed class TlsRelay(DataDirectory caller, DataDirectory called)
{
    /// <summary>Shakes hands with both.</summary>
    public async Task<(Stream Near, Stream Far)> OpenAsync(
        Stream near, Stream far, CancellationToken cancellationToken)
    {
        var (nearTls, farTls) = (new SslStream(near), new SslStream(far));
        var asCaller = TlsSettings.Client(Read(caller), _ => true);
        asCaller.ApplicationProtocols = [SslApplicationProtocol.Http2];
        await nearTls.AuthenticateAsServerAsync(TlsSettings.Server(Read(called)), cancellationToken);
        await farTls.AuthenticateAsClientAsync(asCaller, cancellationToken);
        return (nearTls, farTls);
    }

    private static TlsCertificate Read(DataDirectory data) => TlsCertificate.Read(new ListenOptions().FilesIn(data));
}
