using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>Nights before, during and after a key is rolled over: none is missed.</summary>
public sealed class RollOverTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_node_that_calls_rolls_over_in_one_night_and_misses_none()
    {
        var before = KeyOf(_nodes.Region);
        await NightAsync();

        var begun = await _nodes.Region.Peers.RollCertificateAsync(new RollCertificateRequest());
        Assert.Equal([SampleAgreements.Town], await WaitingForAsync(_nodes.Region));
        Assert.True((await PeerAsync(_nodes.Region)).LacksNextCertificate);
        Assert.Equal(before, KeyOf(_nodes.Region));
        await NightAsync();

        // The town said in its Hello that it has it, and so this node has changed over.
        Assert.Equal(begun.Roll.KeyHash.ToByteArray(), KeyOf(_nodes.Region));
        Assert.False((await PeerAsync(_nodes.Region)).LacksNextCertificate);
        Assert.Equal(2, (await PinsAsync(_nodes.Town)).Count);
        await NightAsync();

        var pins = await PinsAsync(_nodes.Town);
        Assert.Equal(_nodes.Time.GetUtcNow() + PeerPins.Overlap, pins[0].EndTime.ToDateTimeOffset());
        Assert.Equal((PinOrigin.Announced, null), (pins[1].Origin, pins[1].EndTime));
        for (var night = 0; night < 8; night++)
        {
            await NightAsync();
        }

        await OldKeyIsRefusedAsync();
        Assert.Equal(11u, (await PeerAsync(_nodes.Region)).SessionCount);
    }

    [Fact]
    public async Task A_node_that_is_called_rolls_over_in_two_nights_and_misses_none()
    {
        var before = KeyOf(_nodes.Town);
        await NightAsync();
        var begun = await _nodes.Town.Peers.RollCertificateAsync(new RollCertificateRequest());

        await NightAsync();
        Assert.Equal(before, KeyOf(_nodes.Town));
        Assert.Equal(2, (await PinsAsync(_nodes.Region)).Count);
        await NightAsync();
        Assert.Equal(begun.Roll.KeyHash.ToByteArray(), KeyOf(_nodes.Town));
        await NightAsync();

        Assert.NotNull((await PinsAsync(_nodes.Region))[0].EndTime);
        Assert.Equal(4u, (await PeerAsync(_nodes.Region)).SessionCount);
    }

    [Fact]
    public async Task Both_roll_over_at_once()
    {
        await _nodes.Region.Peers.RollCertificateAsync(new RollCertificateRequest());
        await _nodes.Town.Peers.RollCertificateAsync(new RollCertificateRequest());

        for (var night = 0; night < 4; night++)
        {
            await NightAsync();
        }

        Assert.All(
            [await PinsAsync(_nodes.Region), await PinsAsync(_nodes.Town)],
            pins => Assert.Equal([false, true], pins.Select(pin => pin.EndTime is null)));
    }

    [Fact]
    public async Task A_partner_that_was_away_refuses_the_next_one_until_its_operator_adds_the_new_card()
    {
        await NightAsync();
        await _nodes.Region.Peers.RollCertificateAsync(new RollCertificateRequest
        {
            ChangeTime = (_nodes.Time.GetUtcNow() + TimeSpan.FromHours(30)).ToTimestamp(),
        });
        _nodes.NextDay();
        _nodes.NextDay();
        await _nodes.Region.Services.GetRequiredService<TlsRoll>().CheckAsync(default);

        var refused = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);
        Assert.Equal(
            (StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_UNKNOWN"), (refused.StatusCode, refused.Reason()));

        var card = await _nodes.Region.Peers.GetPeerCardAsync(new GetPeerCardRequest());
        await _nodes.Town.Peers.AddPeerAsync(
            new AddPeerRequest { Card = card.Card, Fingerprint = string.Join(' ', card.Fingerprint.Words) });
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    [Fact]
    public async Task A_next_certificate_that_the_identity_key_didnt_sign_is_not_pinned()
    {
        var talks = _nodes.Town.Services.GetRequiredService<CertificateTalks>();
        var card = (await _nodes.Region.Peers.GetPeerCardAsync(new GetPeerCardRequest())).Card;
        using var forged = SampleCertificates.Make();
        card.Certificate = Google.Protobuf.ByteString.CopyFrom(forged.RawData);
        var peer = await _nodes.Town.Services.GetRequiredService<PeerLoader>().FindAsync(SampleAgreements.Region, default);

        await talks.HeardAsync(peer, new CertificateTalk { Next = card }, default);

        Assert.Single(await PinsAsync(_nodes.Town));
    }

    [Fact]
    public async Task Replaced_files_count_from_the_next_handshake_on_and_a_stranger_in_the_partners_place_is_not_talked_to()
    {
        var files = new ListenOptions().FilesIn(_nodes.Town.Services.GetRequiredService<DataDirectory>());
        var key = TlsMaker.NewKey();
        await NightAsync();
        files.Write(TlsMaker.SelfMade(key, SampleAgreements.Town, "localhost", _nodes.Time.GetUtcNow()), key);

        var refused = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);

        Assert.Equal(
            (StatusCode.Unauthenticated, "ERROR_REASON_PEER_CERTIFICATE_UNKNOWN"), (refused.StatusCode, refused.Reason()));
        TestCertificates.Of(SampleAgreements.Town).Put(_nodes.Town.Services.GetRequiredService<DataDirectory>());
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    [Fact]
    public async Task Half_of_a_pair_that_was_replaced_changes_nothing()
    {
        var files = new ListenOptions().FilesIn(_nodes.Town.Services.GetRequiredService<DataDirectory>());
        PrivateFile.Replace(files.Key, TlsMaker.NewKey());

        await NightAsync();

        Assert.Equal(1u, (await PeerAsync(_nodes.Region)).SessionCount);
    }

    private async Task NightAsync()
    {
        _nodes.NextDay();
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    private async Task OldKeyIsRefusedAsync()
    {
        var old = TestCertificates.Of(SampleAgreements.Region);
        using var certificate = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(
            old.Certificate, old.Key);
        using var connection = new Shown(_nodes.Town, certificate);
        Assert.Equal(
            "ERROR_REASON_PEER_CERTIFICATE_UNKNOWN", (await connection.SyncAsync(SampleAgreements.Region)).Reason());
    }

    private static byte[] KeyOf(TestNode node) => node.Services.GetRequiredService<TlsIdentity>().Present.KeyHash;

    private static async Task<IReadOnlyList<string>> WaitingForAsync(TestNode node) =>
        (await node.Peers.GetCertificateAsync(new GetCertificateRequest())).WaitingFor;

    private static async Task<PeerStatus> PeerAsync(TestNode node) =>
        (await node.Node.ListPeersAsync(new ListPeersRequest())).Peers.Single();

    // What one node has pinned of the other, by time.
    private async Task<IReadOnlyList<PeerCertificate>> PinsAsync(TestNode node)
    {
        var partner = node == _nodes.Region ? SampleAgreements.Town : SampleAgreements.Region;
        var all = await node.Peers.ListPeerCertificatesAsync(new ListPeerCertificatesRequest());
        return [.. all.Certificates.Where(pin => pin.Node == partner)];
    }
}
