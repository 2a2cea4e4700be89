using Exchange.Node.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>How an agreement comes about, changes and ends.</summary>
public sealed class AgreementDeskTests : OfficePair
{
    private static readonly DateOnly Today = new(2026, 3, 2);

    [Fact]
    public async Task Proposed_accepted_and_taken_back_it_is_held_alike_on_both_sides()
    {
        var accepted = await Town.AcceptAsync(await Region.ProposeAsync(SampleAgreements.Draft(), Town), Region);
        var taken = await Region.AcceptAsync(accepted, Town);

        Assert.Equal(accepted.Agreement, taken.Agreement);
        Assert.Equal(["dongguan", "zhaotong"], taken.Signatures.Select(signature => signature.Node).Order());
        var (here, there) = (Region.Peers["dongguan"], Town.Peers["zhaotong"]);
        Assert.Equal(here.TermsOn(Today).Digest, there.TermsOn(Today).Digest);
        Assert.Equal("dongguan 人社局", here.TermsOn(Today).Party("dongguan")!.Name);
        Assert.Equal(here.DigestKey.ToArray(), there.DigestKey.ToArray());
        Assert.Equal(32, here.DigestKey.Length);
    }

    [Fact]
    public async Task Nothing_is_a_partner_before_both_have_signed()
    {
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);
        Assert.Empty(Region.Peers.All);

        await Town.AcceptAsync(proposal, Region);

        Assert.Single(Town.Peers.All);
        Assert.Empty(Region.Peers.All);
    }

    [Fact]
    public async Task The_same_proposal_again_is_the_version_that_is_kept()
    {
        var first = await Region.ProposeAsync(SampleAgreements.Draft(), Town);

        Assert.Equal(first, await Region.ProposeAsync(SampleAgreements.Draft(), Town));
        Assert.Single(await Region.Book.ReadAsync(default));
    }

    [Fact]
    public async Task A_next_version_is_good_beside_the_old_one_until_it_begins_and_alone_from_then_on()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await Region.AgreeAsync(SampleAgreements.Narrower(3, 3), Town);
        var tomorrow = Today.AddDays(1);

        Assert.All(new[] { Region.Peers["dongguan"], Town.Peers["zhaotong"] }, peer =>
        {
            Assert.Equal(1u, peer.TermsOn(Today).Agreement.Version);
            Assert.Equal(2u, peer.SuccessorOn(Today)!.Agreement.Version);
            Assert.Equal(2u, peer.TermsOn(tomorrow).Agreement.Version);
            Assert.Null(peer.SuccessorOn(tomorrow));
        });
    }

    [Fact]
    public async Task States_follow_the_signatures_and_the_day()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var proposal = await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town);
        await Town.Desk.FileAsync(proposal, Region.Id, default);

        Assert.Equal((AgreementState.InForce, AgreementState.Proposed), await StatesAsync(Region, Today));
        Assert.Equal((AgreementState.InForce, AgreementState.Offered), await StatesAsync(Town, Today));
        await Town.Desk.AcceptAsync("zhaotong-dongguan", "", default);
        Assert.Equal((AgreementState.InForce, AgreementState.Accepted), await StatesAsync(Town, Today));
        Assert.Equal((AgreementState.Replaced, AgreementState.InForce), await StatesAsync(Town, new(2026, 3, 3)));
        Assert.Equal((AgreementState.Replaced, AgreementState.Ended), await StatesAsync(Town, new(2027, 1, 1)));
    }

    [Fact]
    public async Task An_end_is_a_next_version_that_both_hold()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var last = DateRules.ToDate(new(2026, 3, 31));

        var ending = await Town.Desk.EndAsync("zhaotong-dongguan", last, null, default);
        await Region.AcceptAsync(ending.Signed, Town);

        var terms = Region.Peers["dongguan"].TermsOn(new(2026, 3, 3));
        Assert.Equal((2u, new DateOnly(2026, 3, 31)), (terms.Agreement.Version, terms.ValidTo));
        Assert.Equal(1u, Region.Peers["dongguan"].TermsOn(Today).Agreement.Version);
        Assert.False(Region.Peers["dongguan"].TermsOn(new(2026, 4, 1)).IsInForce(new(2026, 4, 1)));
    }

    [Fact]
    public async Task A_proposal_can_be_withdrawn_and_made_anew()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town);

        await Region.Desk.WithdrawAsync("zhaotong-dongguan", default);
        await Region.AgreeAsync(SampleAgreements.Narrower(3, 10), Town);

        Assert.Equal(new DateOnly(2026, 3, 10), Region.Peers["dongguan"].SuccessorOn(Today)!.ValidFrom);
    }

    [Fact]
    public async Task What_both_have_signed_takes_the_place_of_what_was_still_being_proposed()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var bound = await Town.AcceptAsync(await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town), Region);
        await Region.Desk.WithdrawAsync("zhaotong-dongguan", default);
        await Region.ProposeAsync(SampleAgreements.Narrower(3, 10), Town);

        await Region.AcceptAsync(bound, Town);

        Assert.Equal(new DateOnly(2026, 3, 3), Region.Peers["dongguan"].SuccessorOn(Today)!.ValidFrom);
    }

    [Fact]
    public async Task A_session_leaves_when_what_it_runs_under_changes()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await using var ticket = await Town.Sessions.EnterAsync(
            "zhaotong", Guid.NewGuid(), SyncMode.Live, CancellationToken.None);

        await Town.AcceptAsync(await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town), Region);

        Assert.Contains("changed", (await ticket.Left.WaitAsync(TimeSpan.FromSeconds(10))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_goes_on_while_nothing_that_concerns_it_changes()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await using var ticket = await Region.Sessions.EnterAsync(
            "dongguan", Guid.NewGuid(), SyncMode.Live, CancellationToken.None);

        await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town);

        Assert.False(ticket.Left.IsCompleted);
    }

    private static async Task<(AgreementState First, AgreementState Second)> StatesAsync(Office office, DateOnly day)
    {
        var versions = await office.Book.ReadAsync("zhaotong-dongguan", default);
        var states = versions.All.Select(held => versions.StateOf(held, office.Id, day)).ToList();
        return (states[0], states[1]);
    }
}
