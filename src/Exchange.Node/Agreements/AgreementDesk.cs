using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Type;
using Grpc.Core;

namespace Exchange.Node.Agreements;

/// <summary>
/// Where agreements are proposed, signed and ended. Everything is checked before anything is kept; sessions are told of
/// each change.
/// </summary>
internal sealed class AgreementDesk(
    AgreementBook book, PeerLoader loader, NodeIdentity identity, NodeKeys keys, RecordKinds kinds, TimeProvider time)
{
    /// <summary>Makes and signs the next version.</summary>
    /// <exception cref="ExchangeException">It can't be proposed; nothing was kept.</exception>
    public async Task<HeldAgreement> ProposeAsync(
        Agreement draft, AgreementParty? card, string fingerprint, CancellationToken cancellationToken)
    {
        var all = await book.ReadAsync(cancellationToken);
        var versions = Of(all, draft.Id);
        var agreement = VersionDraft.Complete(draft, versions, identity, keys, card);
        var terms = AgreementReading.Check(agreement, kinds, "agreement.");
        if (versions.Find(agreement.Version) is { } held)
        {
            // The same proposal again is answered as the first time.
            return held.Terms.Digest.Equals(terms.Digest) ? held : throw AgreementFailure.Conflict(held, terms);
        }

        AgreementOrder.Check(terms, all, identity.Id);
        CheckOwnKey(agreement);
        var partner = terms.Party(terms.PartnerOf(identity.Id)!)!;
        if (!AgreementOrder.IsKnown(partner, versions))
        {
            CheckFingerprint(partner, fingerprint);
        }

        var unsigned = new SignedAgreement { Agreement = agreement.ToByteString() };
        return await KeepAsync(unsigned, null, true, cancellationToken);
    }

    /// <summary>Signs what the partner proposed, or takes its signature on what this node proposed.</summary>
    /// <exception cref="ExchangeException">It can't be accepted; nothing was changed.</exception>
    public async Task<HeldAgreement> AcceptAsync(
        SignedAgreement signed, string fingerprint, CancellationToken cancellationToken)
    {
        var (terms, held, versions) = await CheckAsync(signed, cancellationToken);
        if (held is { IsComplete: true })
        {
            return held;
        }

        var partner = terms.Party(terms.PartnerOf(identity.Id)!)!;
        if (!IsConfirmed(signed, held, partner, versions))
        {
            CheckFingerprint(partner, fingerprint);
        }

        return await KeepAsync(signed, held, true, cancellationToken);
    }

    /// <summary>Accepts the offer that is kept of an agreement.</summary>
    /// <exception cref="ExchangeException">There is none, or it can't be accepted.</exception>
    public async Task<HeldAgreement> AcceptAsync(string id, string fingerprint, CancellationToken cancellationToken)
    {
        var open = (await book.ReadAsync(id, cancellationToken)).Open;
        return open is not null && !open.IsSignedBy(identity.Id)
            ? await AcceptAsync(open.Signed, fingerprint, cancellationToken)
            : throw AgreementFailure.NothingOpen(id);
    }

    /// <summary>Files what the partner's node offers; signs nothing.</summary>
    /// <param name="signed">What is offered.</param>
    /// <param name="from">The node that offers it, which must be the party.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ExchangeException">It can't be filed; nothing was changed.</exception>
    public async Task<HeldAgreement> FileAsync(
        SignedAgreement signed, string from, CancellationToken cancellationToken)
    {
        var (terms, held, versions) = await CheckAsync(signed, cancellationToken);
        var partner = terms.Party(terms.PartnerOf(identity.Id)!)!;
        if (partner.Node != from)
        {
            throw CertificateFailure.Foreign(partner.Node, from).ToException();
        }

        if (!IsConfirmed(signed, held, partner, versions))
        {
            throw AgreementFailure.Unconfirmed(partner, StatusCode.PermissionDenied);
        }

        return held is { IsComplete: true } ? held : await KeepAsync(signed, held, false, cancellationToken);
    }

    /// <summary>
    /// Proposes a next version that says the same up to a last day, and who takes a party's place then.
    /// </summary>
    /// <exception cref="ExchangeException">It can't end so; nothing was changed.</exception>
    public async Task<HeldAgreement> EndAsync(
        string id, Date? last, AgreementHeir? heir, CancellationToken cancellationToken)
    {
        var newest = (await book.ReadAsync(id, cancellationToken)).Newest ?? throw AgreementFailure.NotFound(id);
        var today = NodeIdentity.Today(time);
        if (DateRules.Day(last) is not { } day || day < today || day > (newest.Terms.ValidTo ?? DateOnly.MaxValue))
        {
            throw ExchangeException.Invalid("last_date", "It must be a day from today on, not behind the agreed end.");
        }

        var ending = VersionDraft.Ending(newest.Terms, today, day);
        if (heir is not null)
        {
            var whose = heir.Node.Length > 0 ? heir.Node : newest.Terms.PartnerOf(identity.Id)!;
            ending.Heir = new AgreementHeir { Node = whose, ByNode = heir.ByNode };
        }

        return await ProposeAsync(ending, null, "", cancellationToken);
    }

    /// <summary>Forgets the open proposal of an agreement.</summary>
    /// <exception cref="ExchangeException">None is open.</exception>
    public async Task<HeldAgreement> WithdrawAsync(string id, CancellationToken cancellationToken)
    {
        var open = (await book.ReadAsync(id, cancellationToken)).Open ?? throw AgreementFailure.NothingOpen(id);
        await book.DropAsync(open, cancellationToken);
        await loader.RefreshAsync(cancellationToken);
        return open;
    }

    private async Task<(AgreementTerms Terms, HeldAgreement? Held, AgreementVersions Versions)> CheckAsync(
        SignedAgreement signed, CancellationToken cancellationToken)
    {
        var terms = AgreementReading.Read(signed, kinds);
        var all = await book.ReadAsync(cancellationToken);
        var agreement = terms.Agreement;
        var versions = Of(all, agreement.Id);
        var held = versions.Find(agreement.Version);
        if (held is not null && held.Terms.Digest.Equals(terms.Digest))
        {
            return (terms, held, versions);
        }

        // What both have signed is bound, whatever else was still being proposed here.
        var isBound = signed.Signatures.Count == agreement.Parties.Count;
        if (held is not null && (held.IsComplete || !isBound))
        {
            throw AgreementFailure.Conflict(held, terms);
        }

        AgreementOrder.Check(terms, all, identity.Id);
        CheckOwnKey(agreement);
        var partner = terms.PartnerOf(identity.Id)!;
        return signed.Signatures.Any(signature => signature.Node == partner)
            ? (terms, held, versions)
            : throw AgreementFailure.Signature(agreement, partner, "not signed");
    }

    private async Task<HeldAgreement> KeepAsync(
        SignedAgreement signed, HeldAgreement? standing, bool sign, CancellationToken cancellationToken)
    {
        var row = new AgreementEntry
        {
            Signed = signed.Clone(),
            ProposedTime = standing?.Row.ProposedTime ?? time.GetUtcNow().ToTimestamp(),
        };
        if (standing is not null && standing.Signed.Agreement.Equals(signed.Agreement))
        {
            row.Signed.Signatures.AddRange(standing.Signed.Signatures.Where(
                ours => signed.Signatures.All(theirs => theirs.Node != ours.Node)));
        }

        if (sign && row.Signed.Signatures.All(signature => signature.Node != identity.Id))
        {
            row.Signed.Signatures.Add(AgreementSignatures.Sign(signed.Agreement, identity.Id, keys));
        }

        if (HeldAgreement.Read(row.ToByteArray()).IsComplete)
        {
            row.AcceptedTime = time.GetUtcNow().ToTimestamp();
        }

        try
        {
            var held = await book.WriteAsync(row, standing, cancellationToken);
            await loader.RefreshAsync(cancellationToken);
            return held;
        }
        catch (EntryConflictException)
        {
            throw AgreementFailure.Raced(Agreement.Parser.ParseFrom(signed.Agreement));
        }
    }

    // What this node has signed, a person here has read, with the partner's key in it.
    private bool IsConfirmed(
        SignedAgreement signed, HeldAgreement? held, AgreementParty partner, AgreementVersions versions) =>
        signed.Signatures.Any(signature => signature.Node == identity.Id)
        || (held is not null && held.Signed.Agreement.Equals(signed.Agreement) && held.IsSignedBy(identity.Id))
        || AgreementOrder.IsKnown(partner, versions);

    private void CheckOwnKey(Agreement agreement)
    {
        var own = agreement.Parties.Single(party => party.Node == identity.Id);
        if (!own.PublicKey.Span.SequenceEqual(keys.PublicKey))
        {
            throw AgreementFailure.Signature(
                agreement, identity.Id, "the key that it names for this node isn't this node's");
        }
    }

    private static void CheckFingerprint(AgreementParty partner, string fingerprint)
    {
        if (!KeyFingerprint.IsOf(fingerprint, partner.PublicKey.Span))
        {
            throw AgreementFailure.Unconfirmed(partner, StatusCode.FailedPrecondition);
        }
    }

    private static AgreementVersions Of(IReadOnlyList<HeldAgreement> all, string id) =>
        new(all.Where(held => held.Terms.Agreement.Id == id));
}
