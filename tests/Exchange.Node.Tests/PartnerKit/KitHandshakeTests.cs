using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Exchange.Cli.PartnerKit;
using Exchange.Node.Trust;
using Exchange.Testing;
using Xunit;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>What is a refusal in the TLS handshake, and what only looks like one.</summary>
public sealed class KitHandshakeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_handshake_is_ended_only_by_who_refuses_the_certificate(bool accepts, bool isEnded)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, accepts);

        Assert.Equal(isEnded, await KitHandshake.IsEndedAsync(
            AddressOf(listener), TlsSettings.Client(null, _ => true), Patience, TimeProvider.System));

        await serving;
    }

    [Fact]
    public async Task Somebody_else_than_the_partner_ends_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, accepts: true);

        Assert.False(await KitHandshake.IsEndedAsync(
            AddressOf(listener), TlsSettings.Client(null, _ => false), Patience, TimeProvider.System));

        await serving;
    }

    [Fact]
    public async Task Nobody_ends_nothing()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = AddressOf(listener);
        listener.Stop();

        Assert.False(await KitHandshake.IsEndedAsync(
            address, TlsSettings.Client(null, _ => true), Patience, TimeProvider.System));
    }

    private static Uri AddressOf(TcpListener listener) => new($"https://{listener.LocalEndpoint}");

    // Takes one connection; whoever it lets in gets the first byte of settings.
    private static async Task ServeAsync(TcpListener listener, bool accepts)
    {
        using var client = await listener.AcceptTcpClientAsync();
        await using var tls = new SslStream(client.GetStream());
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificateContext = TestCertificates.Of("dongguan").Context(),
                ClientCertificateRequired = true,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
                RemoteCertificateValidationCallback = (_, _, _, _) => accepts,
            });
            await tls.WriteAsync(new byte[9]);
        }
        catch (Exception ended) when (ended is AuthenticationException or IOException)
        {
            // What the other end saw is what is looked at.
        }
    }
}
