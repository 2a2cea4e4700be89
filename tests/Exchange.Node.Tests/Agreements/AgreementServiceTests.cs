using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>Agreements between two whole nodes over a real socket, and what they let flow.</summary>
public sealed class AgreementServiceTests : IAsyncLifetime
{
    private const string Id = "zhaotong-dongguan";

    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Nothing_flows_before_both_have_signed_and_all_does_afterwards_without_a_restart()
    {
        await _nodes.ReferWorkerAsync();
        var proposal = await _nodes.ProposeAsync(SampleAgreements.Draft());
        var before = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);
        var accepted = await _nodes.AcceptAsync(_nodes.Town, proposal.Signed);

        await _nodes.AcceptAsync(_nodes.Region, accepted.Signed);
        var after = await _nodes.SyncAsync();

        Assert.Equal("ERROR_REASON_PEER_UNKNOWN", before.Reason());
        Assert.True(after.DigestsMatch);
        Assert.Equal("138******34", (await _nodes.WorkerInTownAsync()).Phone);
    }

    [Fact]
    public async Task A_narrower_version_is_good_on_both_sides_before_its_start_and_takes_effect_at_it()
    {
        await _nodes.ReferWorkerAsync();
        await _nodes.AgreeAsync(SampleAgreements.Draft());
        await _nodes.AgreeAsync(SampleAgreements.Narrower(3, 3));
        await _nodes.SyncAsync();
        var today = (await _nodes.WorkerInTownAsync()).Phone;

        _nodes.NextDay();
        var session = await _nodes.SyncAsync();

        Assert.Equal("138******34", today);
        Assert.True(session.DigestsMatch);
        var worker = await _nodes.WorkerInTownAsync();
        Assert.Equal(("张**", ""), (worker.Name, worker.Phone));
        Assert.Equal(2u, (await PeerAsync(_nodes.Town)).AgreementVersion);
    }

    [Fact]
    public async Task A_version_that_only_one_side_holds_is_good_until_it_begins_and_is_then_named_by_both_versions()
    {
        await _nodes.AgreeAsync(SampleAgreements.Draft());
        await _nodes.AcceptAsync(_nodes.Town, (await _nodes.ProposeAsync(SampleAgreements.Narrower(3, 3))).Signed);
        await _nodes.SyncAsync();

        _nodes.NextDay();
        var error = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);

        Assert.Equal("ERROR_REASON_AGREEMENT_MISMATCH", error.Reason());
        var detail = error.Status.Detail;
        Assert.Contains("'dongguan' holds agreement 'zhaotong-dongguan' version 2 (", detail, StringComparison.Ordinal);
        Assert.Contains("'zhaotong' holds 1 (", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_that_both_hold_ends_the_exchange()
    {
        await _nodes.AgreeAsync(SampleAgreements.Draft());
        var ending = await _nodes.Region.Agreements.EndAgreementAsync(new EndAgreementRequest
        {
            Id = Id,
            LastDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 3 },
        });
        await _nodes.AcceptAsync(_nodes.Region, (await _nodes.AcceptAsync(_nodes.Town, ending.Entry.Signed)).Signed);
        await _nodes.SyncAsync();

        _nodes.NextDay();
        await _nodes.SyncAsync();
        _nodes.NextDay();
        var error = await Assert.ThrowsAsync<RpcException>(_nodes.SyncAsync);

        Assert.Equal("ERROR_REASON_AGREEMENT_NOT_IN_FORCE", error.Reason());
    }

    [Fact]
    public async Task A_next_version_goes_over_the_line_and_comes_back_signed()
    {
        await _nodes.AgreeAsync(SampleAgreements.Draft());
        await _nodes.Region.Agreements.ProposeAgreementAsync(
            new ProposeAgreementRequest { Agreement = SampleAgreements.Narrower(3, 3) });

        var sent = await SendAsync();
        var offer = await PeerAsync(_nodes.Town);
        await _nodes.Town.Agreements.AcceptAgreementAsync(new AcceptAgreementRequest { Id = Id });
        var back = await SendAsync();

        Assert.Equal((AgreementState.Proposed, 2u), (sent.State, offer.OpenAgreementVersion));
        Assert.Equal(AgreementState.Accepted, back.State);
        Assert.Equal(2u, (await PeerAsync(_nodes.Region)).NextAgreementVersion);
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    [Fact]
    public async Task A_first_agreement_does_not_go_over_the_line()
    {
        await _nodes.ProposeAsync(SampleAgreements.Draft());

        var error = await Assert.ThrowsAsync<RpcException>(SendAsync);

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Equal("ERROR_REASON_AGREEMENT_KEY_UNCONFIRMED", error.Reason());
        Assert.Empty((await _nodes.Town.Agreements.ListAgreementsAsync(new ListAgreementsRequest())).Entries);
    }

    [Fact]
    public async Task A_partner_that_calls_us_is_sent_nothing()
    {
        await _nodes.AgreeAsync(SampleAgreements.Draft());

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _nodes.Town.Agreements.SendAgreementAsync(new SendAgreementRequest { Id = Id }));

        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
    }

    [Fact]
    public async Task Versions_are_listed_and_found_by_number_or_by_the_day()
    {
        await _nodes.AgreeAsync(SampleAgreements.Draft());
        await _nodes.ProposeAsync(SampleAgreements.Narrower(3, 3));
        var region = _nodes.Region.Agreements;

        var all = (await region.ListAgreementsAsync(new ListAgreementsRequest())).Entries;
        var today = (await region.GetAgreementAsync(new GetAgreementRequest { Id = Id })).Entry;
        var second = (await region.GetAgreementAsync(new GetAgreementRequest { Id = Id, Version = 2 })).Entry;
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await region.GetAgreementAsync(new GetAgreementRequest { Id = Id, Version = 3 }));

        Assert.Equal([AgreementState.InForce, AgreementState.Proposed], all.Select(entry => entry.State));
        Assert.Equal((1u, 2u), (today.Agreement.Version, second.Agreement.Version));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    private async Task<AgreementEntry> SendAsync() =>
        (await _nodes.Region.Agreements.SendAgreementAsync(new SendAgreementRequest { Id = Id })).Entry;

    private static async Task<PeerStatus> PeerAsync(TestNode node) =>
        Assert.Single((await node.Node.ListPeersAsync(new ListPeersRequest())).Peers);
}
