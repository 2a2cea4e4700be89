using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Standins.Tests.Wire;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Xunit;

namespace Exchange.Standins.Tests;

public sealed class ClientCertificateTests
{
    [Fact]
    public async Task A_client_certificate_is_seen_by_the_handler()
    {
        using X509Certificate2 server = Create("server", "localhost"), client = Create("node-b", "node-b.example.org");
        await using var probe = await ProbeServer.StartAsync(Trusting(server, client), tls: Demanding(server, client));

        var seen = await probe.Client.DescribeAsync(new Text());

        Assert.True(seen.Authenticated);
        Assert.Equal("x509_subject_alternative_name", seen.IdentityProperty);
        Assert.Equal(["node-b.example.org"], seen.Identities);
        Assert.Equal("node-b", seen.CommonName);
    }

    [Fact]
    public async Task A_certificate_without_other_names_is_known_by_its_common_name()
    {
        using X509Certificate2 server = Create("server", "localhost"), client = Create("node-c");
        await using var probe = await ProbeServer.StartAsync(Trusting(server, client), tls: Demanding(server, client));

        var seen = await probe.Client.DescribeAsync(new Text());

        Assert.Equal("x509_common_name", seen.IdentityProperty);
        Assert.Equal(["node-c"], seen.Identities);
    }

    [Fact]
    public async Task Another_certificate_gets_no_call_through()
    {
        using X509Certificate2 server = Create("server", "localhost"), client = Create("node-b");
        using var other = Create("node-b");
        await using var probe = await ProbeServer.StartAsync(Trusting(server, other), tls: Demanding(server, client));

        var error = await Assert.ThrowsAsync<RpcException>(async () => await probe.Client.EchoAsync(new Text()));

        Assert.NotEqual(StatusCode.OK, error.StatusCode);
    }

    [Fact]
    public async Task Credentials_of_the_channel_reach_the_server_with_every_call()
    {
        using X509Certificate2 server = Create("server", "localhost"), client = Create("node-b");
        var options = Trusting(server, client);
        options.Credentials = ChannelCredentials.Create(
            ChannelCredentials.SecureSsl,
            CallCredentials.FromInterceptor((_, metadata) =>
            {
                metadata.Add("authorization", "Bearer token");
                return Task.CompletedTask;
            }));
        await using var probe = await ProbeServer.StartAsync(options, tls: Demanding(server, client));

        var seen = await probe.Client.DescribeAsync(new Text());

        Assert.Contains("authorization: Bearer token", seen.Headers);
    }

    private static HttpsConnectionAdapterOptions Demanding(X509Certificate2 server, X509Certificate2 client) => new()
    {
        ServerCertificate = server,
        ClientCertificateMode = ClientCertificateMode.RequireCertificate,
        ClientCertificateValidation = (shown, _, _) => shown.Thumbprint == client.Thumbprint,
    };

    private static GrpcChannelOptions Trusting(X509Certificate2 server, X509Certificate2 client) => new()
    {
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            SslOptions =
            {
                ClientCertificates = [client],
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown?.GetCertHashString() == server.GetCertHashString(),
            },
        },
    };

    private static X509Certificate2 Create(string commonName, string? dnsName = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        // Through a file format, because not every platform can use a key that was never stored.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
