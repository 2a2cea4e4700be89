using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Exchange.Cli.PartnerKit;

/// <summary>
/// One connection without gRPC, on which is seen whether the partner ends it in its TLS handshake. A call that fails
/// can't tell that from a partner that broke down behind it.
/// </summary>
internal static class KitHandshake
{
    // How a client begins HTTP/2: the preface and empty settings. Whoever has shaken hands answers with its own.
    private static readonly byte[] Beginning = [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0];

    /// <summary>
    /// Whether the partner answers, and ends the connection before the first byte of HTTP/2. Nobody there, and somebody
    /// who shows another certificate than the partner's, end nothing.
    /// </summary>
    /// <param name="address">The partner's.</param>
    /// <param name="options">What is shown, and whom is trusted.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="time">The clock.</param>
    public static async Task<bool> IsEndedAsync(
        Uri address, SslClientAuthenticationOptions options, TimeSpan patience, TimeProvider time)
    {
        using var waiting = new CancellationTokenSource(patience, time);
        using var client = new TcpClient();
        var (isTrusted, isAnother) = (options.RemoteCertificateValidationCallback, false);
        options.TargetHost = address.Host;
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        options.RemoteCertificateValidationCallback = (sender, shown, chain, errors) =>
            !(isAnother = isTrusted?.Invoke(sender, shown, chain, errors) != true);
        try
        {
            await client.ConnectAsync(address.Host, address.Port, waiting.Token);
            return await IsEndedAsync(client, options, waiting.Token) && !isAnother;
        }
        catch (SocketException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            throw new PromiseBrokenException($"a handshake took more than {patience.TotalSeconds:0} s");
        }
    }

    private static async Task<bool> IsEndedAsync(
        TcpClient client, SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(options, cancellationToken);
            await tls.WriteAsync(Beginning, cancellationToken);
            return await tls.ReadAsync(new byte[1], cancellationToken) == 0;
        }
        catch (Exception ended) when (ended is AuthenticationException or IOException)
        {
            return true;
        }
    }
}
