using Exchange.Node.Agreements;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>Pinning a partner's certificate from its card, and forgetting it.</summary>
public sealed class PeerServiceTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public void The_words_are_256_different_ones_of_two_characters()
    {
        Assert.Equal(256, FingerprintWords.List.Distinct().Count());
        Assert.All(FingerprintWords.List, word => Assert.Equal(2, word.Length));
        Assert.Equal(["扳手", "黑板"], FingerprintWords.Of([]).Take(2));
    }

    [Fact]
    public async Task Without_the_fingerprint_nothing_is_pinned_and_both_are_shown_in_digits_and_in_words()
    {
        var card = await CardAsync(_nodes.Town);
        var own = await CardAsync(_nodes.Region);

        var refused = await AddAsync(card.Card, own.Fingerprint.Digits);

        Assert.Equal(
            (StatusCode.FailedPrecondition, "ERROR_REASON_PEER_KEY_UNCONFIRMED"), (refused!.StatusCode, refused.Reason()));
        var told = refused.Info().Metadata;
        Assert.Equal(
            (card.Fingerprint.Digits, string.Join(' ', card.Fingerprint.Words), own.Fingerprint.Digits,
                string.Join(' ', own.Fingerprint.Words)),
            (told["fingerprint"], told["words"], told["own_fingerprint"], told["own_words"]));
        Assert.Equal(16, card.Fingerprint.Words.Count);
    }

    [Fact]
    public async Task A_certificate_is_pinned_once_however_often_its_card_is_added()
    {
        var card = await CardAsync(_nodes.Town);
        await RemoveAsync(_nodes.Region, SampleAgreements.Town);
        var without = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);

        Assert.Null(await AddAsync(card.Card, card.Fingerprint.Digits.Replace('-', ' ')));
        Assert.Null(await AddAsync(card.Card, string.Concat(card.Fingerprint.Words)));

        var pins = await _nodes.Region.Peers.ListPeerCertificatesAsync(new ListPeerCertificatesRequest());
        Assert.Single(pins.Certificates, pin => pin.Node == SampleAgreements.Town);
        Assert.Equal("ERROR_REASON_PEER_CERTIFICATE_UNKNOWN", without.Reason());
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    [Fact]
    public async Task A_card_that_was_changed_on_the_way_the_own_one_and_one_with_another_partners_key_are_refused()
    {
        var card = await CardAsync(_nodes.Town);
        var own = await CardAsync(_nodes.Region);
        var changed = card.Card.Clone();
        changed.Certificate = own.Card.Certificate;
        var keys = _nodes.Town.Services.GetRequiredService<NodeKeys>();
        var hub = PeerCards.Make(
            new Exchange.Node.Records.NodeIdentity(SampleAgreements.Hub, "", true),
            keys,
            _nodes.Town.Services.GetRequiredService<TlsIdentity>().Present.Leaf);

        RpcException?[] refusals =
        [
            await AddAsync(changed, card.Fingerprint.Digits),
            await AddAsync(own.Card, own.Fingerprint.Digits),
            await AddAsync(hub, KeyFingerprint.Of(keys.PublicKey)),
        ];

        Assert.All(refusals, refused => Assert.Equal("ERROR_REASON_FIELD_INVALID", refused!.Reason()));
        Assert.Equal(
            ["card.signature", "card.node", "card.certificate"], refusals.Select(refused => refused!.Info().Metadata["field"]));
    }

    [Fact]
    public async Task A_live_session_ends_at_once_when_the_certificate_is_removed()
    {
        await using var nodes = await AgreedNodes.StartAgreedAsync(mode: "live");
        await nodes.SyncAsync();
        var sessions = nodes.Town.Services.GetRequiredService<SyncSessions>();

        await RemoveAsync(nodes.Town, SampleAgreements.Region);

        await sessions.IdleAsync(SampleAgreements.Region, default).WaitAsync(TimeSpan.FromSeconds(10));
        var refused = await Assert.ThrowsAsync<RpcException>(nodes.SyncAsync);
        Assert.Equal("ERROR_REASON_PEER_CERTIFICATE_UNKNOWN", refused.Reason());
    }

    private static async Task<GetPeerCardResponse> CardAsync(TestNode node) =>
        await node.Peers.GetPeerCardAsync(new GetPeerCardRequest());

    private static async Task RemoveAsync(TestNode node, string partner) =>
        await node.Peers.RemovePeerCertificatesAsync(new RemovePeerCertificatesRequest { Node = partner });

    // Null when it was pinned.
    private async Task<RpcException?> AddAsync(PeerCard card, string fingerprint)
    {
        try
        {
            await _nodes.Region.Peers.AddPeerAsync(new AddPeerRequest { Card = card, Fingerprint = fingerprint });
            return null;
        }
        catch (RpcException refused)
        {
            return refused;
        }
    }
}
