using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Xunit;

namespace Exchange.Node.Tests.Agreements;

/// <summary>What is refused, each with its reason, and that nothing changes then.</summary>
public sealed class AgreementRefusalTests : OfficePair
{
    [Fact]
    public async Task What_nobody_signed_is_refused()
    {
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);
        proposal.Signatures.Clear();

        var error = await RefusedAsync(() => Town.AcceptAsync(proposal, Region));

        Assert.Equal(ErrorReason.AgreementSignatureInvalid, error.Reason);
        Assert.Contains(("detail", "not signed"), error.Metadata);
    }

    [Fact]
    public async Task What_was_signed_with_another_key_is_refused()
    {
        await using var stranger = await Office.OpenAsync("zhaotong", Time);
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);
        var forged = stranger.Sign(Agreement.Parser.ParseFrom(proposal.Agreement));

        var error = await RefusedAsync(() => Town.AcceptAsync(forged, Region));

        Assert.Equal(ErrorReason.AgreementSignatureInvalid, error.Reason);
    }

    [Fact]
    public async Task What_was_changed_after_it_was_signed_is_refused()
    {
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);
        var changed = Agreement.Parser.ParseFrom(proposal.Agreement);
        changed.Flows[0].Kinds[0].Gate = Gate.All;
        proposal.Agreement = changed.ToByteString();

        var error = await RefusedAsync(() => Town.AcceptAsync(proposal, Region));

        Assert.Equal(ErrorReason.AgreementSignatureInvalid, error.Reason);
    }

    [Theory]
    [InlineData("shanghai", "signed, but no party")]
    [InlineData("zhaotong", "signed twice")]
    public async Task Signatures_that_nobody_can_owe_are_refused(string node, string detail)
    {
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);
        var signature = proposal.Signatures[0].Clone();
        signature.Node = node;
        proposal.Signatures.Add(signature);

        var error = await RefusedAsync(() => Town.AcceptAsync(proposal, Region));

        Assert.Contains(("detail", detail), error.Metadata);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000-00000-00000-00000-00000-00000-00000-00000")]
    public async Task A_first_agreement_needs_the_fingerprint_that_the_partner_reads_out(string fingerprint)
    {
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);

        var error = await RefusedAsync(() => Town.Desk.AcceptAsync(proposal, fingerprint, default));

        Assert.Equal(
            (StatusCode.FailedPrecondition, ErrorReason.AgreementKeyUnconfirmed), (error.Code, error.Reason));
        Assert.Contains(("fingerprint", Region.Fingerprint), error.Metadata);
    }

    [Fact]
    public async Task A_first_proposal_needs_the_partners_card_and_fingerprint()
    {
        var draft = SampleAgreements.Draft();

        var without = await RefusedAsync(() => Region.Desk.ProposeAsync(draft, null, Town.Fingerprint, default));
        var wrong = await RefusedAsync(() => Region.Desk.ProposeAsync(draft, Town.Card, Region.Fingerprint, default));

        Assert.Equal(["agreement.parties[1].public_key"], without.Violations.Select(violation => violation.Field));
        Assert.Equal(ErrorReason.AgreementKeyUnconfirmed, wrong.Reason);
        Assert.Empty(await Region.Book.ReadAsync(default));
    }

    [Fact]
    public async Task A_partners_new_key_needs_its_fingerprint_again()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await using var rekeyed = await Office.OpenAsync("zhaotong", Time);
        var next = Agreement.Parser.ParseFrom((await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town)).Agreement);
        next.Parties[0].PublicKey = rekeyed.Card.PublicKey;

        var error = await RefusedAsync(() => Town.Desk.AcceptAsync(rekeyed.Sign(next), Region.Fingerprint, default));
        await Town.AcceptAsync(rekeyed.Sign(next), rekeyed);

        Assert.Equal(ErrorReason.AgreementKeyUnconfirmed, error.Reason);
    }

    [Fact]
    public async Task An_agreement_between_others_is_refused()
    {
        await using var other = await Office.OpenAsync("shanghai", Time);
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);

        var error = await RefusedAsync(() => other.AcceptAsync(proposal, Region));

        Assert.Equal(ErrorReason.AgreementForeign, error.Reason);
        Assert.Contains(("parties", "zhaotong, dongguan"), error.Metadata);
    }

    [Fact]
    public async Task A_second_agreement_with_the_same_partner_is_refused()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var second = SampleAgreements.Draft();
        second.Id = "another";

        var error = await RefusedAsync(() => Region.ProposeAsync(second, Town));

        Assert.Equal(ErrorReason.AgreementForeign, error.Reason);
        Assert.Contains("zhaotong-dongguan", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_versions_of_an_agreement_have_the_same_parties()
    {
        await using var hub = await Office.OpenAsync("yunnan", Time);
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var next = SampleAgreements.Province();
        (next.Id, next.Version) = ("zhaotong-dongguan", 0);

        var error = await RefusedAsync(() => Region.ProposeAsync(next, hub));

        Assert.Equal(ErrorReason.AgreementForeign, error.Reason);
    }

    [Theory]
    [InlineData(3u)]
    [InlineData(7u)]
    public async Task A_version_that_skips_one_is_refused(uint version)
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var skipping = SampleAgreements.Narrower(3, 3);
        skipping.Version = version;

        var error = await RefusedAsync(() => Region.ProposeAsync(skipping, Town));

        Assert.Equal(ErrorReason.AgreementVersionOrder, error.Reason);
        Assert.Contains(("expected", "2"), error.Metadata);
    }

    [Fact]
    public async Task An_older_version_with_other_bytes_is_refused_and_the_same_bytes_change_nothing()
    {
        var first = await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await Region.AgreeAsync(SampleAgreements.Narrower(3, 3), Town);
        var other = Agreement.Parser.ParseFrom(first.Agreement);
        other.Title = "另一份";

        var error = await RefusedAsync(() => Town.AcceptAsync(Region.Sign(other), Region));
        var again = await Town.AcceptAsync(first, Region);

        Assert.Equal(ErrorReason.AgreementConflict, error.Reason);
        Assert.Equal(first.Agreement, again.Agreement);
        Assert.Equal(2, (await Town.Book.ReadAsync(default)).Count);
    }

    [Fact]
    public async Task Of_two_open_proposals_of_a_version_neither_is_accepted_over_the_other()
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var ours = await Region.ProposeAsync(SampleAgreements.Narrower(3, 3), Town);
        var theirs = await Town.ProposeAsync(SampleAgreements.Narrower(3, 10), Region);

        var here = await RefusedAsync(() => Region.AcceptAsync(theirs, Town));
        var there = await RefusedAsync(() => Town.AcceptAsync(ours, Region));

        Assert.Equal(ErrorReason.AgreementConflict, here.Reason);
        Assert.Equal(ErrorReason.AgreementConflict, there.Reason);
        Assert.Contains("withdraw", here.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_that_break_a_rule_are_refused_with_every_reason()
    {
        var draft = SampleAgreements.Draft();
        draft.ValidFromDate = null;
        draft.Flows[0].Purpose = "";
        draft.Flows[0].DivisionPairs.Add(new DivisionPair { FromCode = "5306", ToCode = "x" });

        var error = await RefusedAsync(() => Region.ProposeAsync(draft, Town));

        Assert.Equal(ErrorReason.FieldInvalid, error.Reason);
        Assert.Equal(
            ["agreement.valid_from_date", "agreement.flows[0].purpose", "agreement.flows[0].division_pairs[0].to_code"],
            error.Violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task Terms_that_this_version_does_not_know_are_refused()
    {
        var proposal = Agreement.Parser.ParseFrom((await Region.ProposeAsync(SampleAgreements.Draft(), Town)).Agreement);
        var newer = Agreement.Parser.ParseFrom([.. proposal.ToByteArray(), .. new byte[] { 0xF8, 0x07, 0x01 }]);

        var error = await RefusedAsync(() => Town.AcceptAsync(Region.Sign(newer), Region));

        Assert.Equal(["signed.agreement"], error.Violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task An_offer_over_the_line_is_denied_while_nobody_here_has_confirmed_its_key()
    {
        var proposal = await Region.ProposeAsync(SampleAgreements.Draft(), Town);

        var error = await RefusedAsync(() => Town.Desk.FileAsync(proposal, Region.Id, default));

        Assert.Equal((StatusCode.PermissionDenied, ErrorReason.AgreementKeyUnconfirmed), (error.Code, error.Reason));
        Assert.Empty(await Town.Book.ReadAsync(default));
    }

    [Fact]
    public async Task A_node_that_lost_a_version_takes_it_back_because_it_has_signed_it_itself()
    {
        var first = await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        await Region.Book.DropAsync((await Region.Book.ReadAsync("zhaotong-dongguan", default)).Newest!, default);

        var taken = await Region.Desk.FileAsync(first, Town.Id, default);

        Assert.True(taken.IsComplete);
        Assert.Single(Region.Peers.All);
    }

    [Theory]
    [InlineData("2026-03-01")]
    [InlineData("2027-01-01")]
    public async Task An_end_in_the_past_or_behind_the_agreed_one_is_refused(string last)
    {
        await Region.AgreeAsync(SampleAgreements.Draft(), Town);
        var day = DateRules.ToDate(DateOnly.ParseExact(last, "yyyy-MM-dd", null));

        var error = await RefusedAsync(() => Region.Desk.EndAsync("zhaotong-dongguan", day, null, default));

        Assert.Equal(["last_date"], error.Violations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task What_is_not_held_is_neither_accepted_nor_ended_nor_withdrawn()
    {
        Func<Task>[] calls =
        [
            () => Region.Desk.AcceptAsync("none", "", default),
            () => Region.Desk.EndAsync("none", null, null, default),
            () => Region.Desk.WithdrawAsync("none", default),
        ];

        foreach (var call in calls)
        {
            Assert.Equal(ErrorReason.RecordNotFound, (await RefusedAsync(call)).Reason);
        }
    }

    /// <summary>Nothing that was kept before on either side changes by what is refused.</summary>
    private async Task<ExchangeException> RefusedAsync(Func<Task> call)
    {
        var before = await HeldAsync();
        var error = await Assert.ThrowsAsync<ExchangeException>(call);
        Assert.Equal(before, await HeldAsync());
        return error;
    }

    private async Task<IReadOnlyList<AgreementEntry>> HeldAsync() =>
    [
        .. (await Region.Book.ReadAsync(default)).Select(held => held.Row),
        .. (await Town.Book.ReadAsync(default)).Select(held => held.Row),
    ];
}
