using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>Who isn't let in as a partner's node, over real sockets, and with which status.</summary>
public sealed class MutualTlsTests : IAsyncLifetime
{
    private const string Other = SampleAgreements.Hub;

    private readonly ManualTime _time = new();
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync(SampleAgreements.Town, _time);

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Without_a_certificate_no_call_of_a_node_is_answered()
    {
        using var nobody = new Shown(_node, null);
        var told = await Assert.ThrowsAsync<RpcException>(async () =>
            await nobody.Disclosures.TellHeldAsync(new TellHeldRequest { Node = SampleAgreements.Region }));
        var offered = await Assert.ThrowsAsync<RpcException>(async () =>
            await nobody.Agreements.OfferAgreementAsync(new OfferAgreementRequest()));

        RpcException[] refusals = [await nobody.SyncAsync(SampleAgreements.Region), told, offered];

        Assert.All(refusals, refused => Assert.Equal(
            (StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_MISSING"), (refused.StatusCode, refused.Reason())));
    }

    [Fact]
    public async Task A_self_made_certificate_that_nobody_pinned_is_unknown_whatever_it_says_of_itself()
    {
        using var certificate = SampleCertificates.Make(SampleAgreements.Region);

        var refused = await SyncAsync(certificate);

        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_UNKNOWN"), Told(refused));
        Assert.Equal(
            Convert.ToHexStringLower(TlsCertificate.HashOf(certificate)), refused.Info().Metadata["key"]);
    }

    [Fact]
    public async Task A_pinned_certificate_that_is_over_is_refused_and_one_renewed_for_its_key_is_believed()
    {
        using var old = SampleCertificates.Make(until: SampleCertificates.Day(2026, 3, 1));
        using var key = old.GetECDsaPrivateKey();
        using var renewed = new CertificateRequest("CN=zhaotong", key!, System.Security.Cryptography.HashAlgorithmName.SHA256)
            .CreateSelfSigned(SampleCertificates.Day(2026), SampleCertificates.Day(2030));
        await PinAsync(old);

        var refused = await SyncAsync(old);
        var admitted = await SyncAsync(renewed);

        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_EXPIRED"), Told(refused));
        Assert.Equal("2026-03-01T00:00:00Z", refused.Info().Metadata["valid_to"]);
        Assert.Equal((StatusCode.PermissionDenied, "ERROR_REASON_PEER_UNKNOWN"), Told(admitted));
    }

    [Fact]
    public async Task A_certificate_of_tomorrow_is_refused_today()
    {
        using var early = SampleCertificates.Make(from: SampleCertificates.Day(2026, 3, 3));
        await PinAsync(early);

        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_EXPIRED"), Told(await SyncAsync(early)));
    }

    [Fact]
    public async Task A_certificate_that_was_removed_is_refused_on_a_connection_that_is_open()
    {
        using var certificate = SampleCertificates.Make();
        await PinAsync(certificate);
        using var connection = new Shown(_node, certificate);
        var before = await connection.SyncAsync(SampleAgreements.Region);

        var removed = await _node.Peers.RemovePeerCertificatesAsync(new RemovePeerCertificatesRequest
        {
            Node = SampleAgreements.Region,
            KeyHash = ByteString.CopyFrom(TlsCertificate.HashOf(certificate)),
        });
        var after = await connection.SyncAsync(SampleAgreements.Region);

        Assert.Single(removed.Certificates);
        Assert.Equal("ERROR_REASON_PEER_UNKNOWN", before.Reason());
        Assert.Equal((StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_UNKNOWN"), Told(after));
    }

    [Fact]
    public async Task A_pin_that_has_ended_counts_no_longer()
    {
        using var certificate = SampleCertificates.Make();
        await PinAsync(certificate, pin => pin.EndTime =
            Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(_time.GetUtcNow()));

        Assert.Equal("ERROR_REASON_PEER_CERTIFICATE_UNKNOWN", (await SyncAsync(certificate)).Reason());
    }

    [Fact]
    public async Task A_partner_speaks_for_itself_alone()
    {
        using var certificate = SampleCertificates.Make(Other);
        await PinAsync(certificate, pin => pin.Node = Other);

        var refused = await SyncAsync(certificate);

        Assert.Equal((StatusCode.PermissionDenied, "ERROR_REASON_PEER_CERTIFICATE_FOREIGN"), Told(refused));
        Assert.Equal(Other, refused.Info().Metadata["certificate_of"]);
    }

    [Theory]
    [InlineData((byte)0x02, (byte)0x15)]
    [InlineData((byte)0x03, (byte)0x16)]
    public async Task Tls_1_1_is_answered_with_an_alert_and_1_2_with_a_handshake(byte minor, byte answer)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_node.Address.Host, _node.Address.Port);
        await client.GetStream().WriteAsync(ClientHello(minor));

        var answered = new byte[1];
        var read = await client.GetStream().ReadAsync(answered).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        // The other side may close without a word instead of an alert; it never goes on.
        Assert.True(answer == 0x16 ? read == 1 && answered[0] == 0x16 : read == 0 || answered[0] == 0x15);
    }

    private async Task<RpcException> SyncAsync(X509Certificate2 certificate)
    {
        using var connection = new Shown(_node, certificate);
        return await connection.SyncAsync(SampleAgreements.Region);
    }

    private async Task PinAsync(X509Certificate2 certificate, Action<PeerCertificate>? change = null)
    {
        var card = new PeerCard { Node = SampleAgreements.Region, Certificate = ByteString.CopyFrom(certificate.RawData) };
        var pin = PeerPins.RowOf(card, PinOrigin.Card, _time.GetUtcNow());
        change?.Invoke(pin);
        await _node.Services.GetRequiredService<IRecordStore>()
            .CommitAsync(new Commit { Entries = [PeerPins.Write(pin)] }, default);
    }

    private static (StatusCode Status, string Reason) Told(RpcException refused) => (refused.StatusCode, refused.Reason());

    // The highest version that it offers is 1.1 or 1.2, with suites that each of them has.
    private static byte[] ClientHello(byte minor)
    {
        byte[] suites = [0xC0, 0x2B, 0xC0, 0x2F, 0xC0, 0x09, 0xC0, 0x13, 0x00, 0x2F];
        byte[] extensions =
        [
            0x00, 0x0A, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17,
            0x00, 0x0B, 0x00, 0x02, 0x01, 0x00,
            0x00, 0x0D, 0x00, 0x06, 0x00, 0x04, 0x04, 0x03, 0x04, 0x01,
            0x00, 0x10, 0x00, 0x05, 0x00, 0x03, 0x02, 0x68, 0x32,
        ];
        byte[] body =
        [
            0x03, minor, .. new byte[32], 0x00,
            0x00, (byte)suites.Length, .. suites,
            0x01, 0x00,
            0x00, (byte)extensions.Length, .. extensions,
        ];
        byte[] handshake = [0x01, 0x00, 0x00, (byte)body.Length, .. body];
        return [0x16, 0x03, 0x01, 0x00, (byte)handshake.Length, .. handshake];
    }
}
