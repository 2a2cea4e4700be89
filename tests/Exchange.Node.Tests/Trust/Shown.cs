using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>A connection to a node on which a certificate of the test's choice is shown, or none.</summary>
internal sealed class Shown : IDisposable
{
    private readonly GrpcChannel _channel;

    public Shown(TestNode node, X509Certificate2? certificate)
    {
        var tls = TlsSettings.Client(null, _ => true);
        if (certificate is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        }

        _channel = GrpcChannel.ForAddress(
            node.Address,
            new GrpcChannelOptions { HttpHandler = new SocketsHttpHandler { SslOptions = tls }, DisposeHttpClient = true });
    }

    public DisclosureService.DisclosureServiceClient Disclosures => new(_channel.Intercept(new PatientClient()));

    public AgreementService.AgreementServiceClient Agreements => new(_channel.Intercept(new PatientClient()));

    /// <summary>How a session in the name of a node is refused.</summary>
    public async Task<RpcException> SyncAsync(string node)
    {
        using var call = new SyncService.SyncServiceClient(_channel).Sync();
        await call.RequestStream.WriteAsync(
            new SyncRequest { Frame = new SyncFrame { Hello = new SyncHello { Node = node } } });
        return await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
    }

    public void Dispose() => _channel.Dispose();
}
