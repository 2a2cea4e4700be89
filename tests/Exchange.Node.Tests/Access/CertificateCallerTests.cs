using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Xunit;

namespace Exchange.Node.Tests.Access;

/// <summary>Local systems that show a client certificate, over real TLS.</summary>
public sealed class CertificateCallerTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        using var certificate = Certificate(_key, "CN=city");
        await _node.Access.CreateCredentialAsync(new CreateCredentialRequest
        {
            Credential = new Credential { Name = "city", Roles = { Role.Reader } },
            CertificatePem = certificate.ExportCertificatePem(),
        });
    }

    public async Task DisposeAsync()
    {
        _key.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_certificate_lets_its_holder_do_what_its_roles_permit()
    {
        using var certificate = Certificate(_key, "CN=city");
        using var channel = Open(certificate);

        Assert.Equal("dongguan", await GetNodeAsync(channel));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new V1.AccessService.AccessServiceClient(channel).ListCredentialsAsync(new ListCredentialsRequest()));
        Assert.Equal("ERROR_REASON_PERMISSION_MISSING", error.Reason());
    }

    [Fact]
    public async Task A_certificate_that_is_renewed_with_the_same_key_stays_good()
    {
        using var renewed = Certificate(_key, "CN=city 2027");
        using var channel = Open(renewed);

        Assert.Equal("dongguan", await GetNodeAsync(channel));
    }

    [Fact]
    public async Task A_certificate_of_another_key_is_refused_whatever_it_calls_itself()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Certificate(other, "CN=city");
        using var channel = Open(certificate);

        var error = await Assert.ThrowsAsync<RpcException>(() => GetNodeAsync(channel));

        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_CREDENTIALS_INVALID"), (error.StatusCode, error.Reason()));
        Assert.Equal("unknown", error.Info().Metadata["cause"]);
    }

    [Fact]
    public async Task A_revoked_certificate_is_refused()
    {
        using var certificate = Certificate(_key, "CN=city");
        using var channel = Open(certificate);
        await GetNodeAsync(channel);

        await _node.Access.RevokeCredentialAsync(new RevokeCredentialRequest { Name = "city" });
        var error = await Assert.ThrowsAsync<RpcException>(() => GetNodeAsync(channel));

        Assert.Equal("revoked", error.Info().Metadata["cause"]);
    }

    private static X509Certificate2 Certificate(ECDsa key, string name) =>
        new CertificateRequest(name, key, HashAlgorithmName.SHA256).CreateSelfSigned(Begin, Begin.AddYears(2));

    private static async Task<string> GetNodeAsync(GrpcChannel channel)
    {
        var nodes = new V1.NodeService.NodeServiceClient(channel.Intercept(new PatientClient()));
        return (await nodes.GetNodeAsync(new GetNodeRequest())).Node.Id;
    }

    private GrpcChannel Open(X509Certificate2 certificate)
    {
        var handler = _node.NewHandler();
        handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        return GrpcChannel.ForAddress(
            _node.Address, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
