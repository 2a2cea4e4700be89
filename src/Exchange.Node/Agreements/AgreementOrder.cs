using Exchange.Node.Errors;
using Exchange.V1;

namespace Exchange.Node.Agreements;

/// <summary>What a version must keep to beside what is held here already.</summary>
internal static class AgreementOrder
{
    /// <summary>
    /// Checks the parties of a version that isn't held yet and its place among the others.
    /// </summary>
    /// <param name="terms">The version.</param>
    /// <param name="all">Everything that is held.</param>
    /// <param name="node">This node.</param>
    /// <exception cref="ExchangeException">It doesn't fit.</exception>
    public static void Check(AgreementTerms terms, IReadOnlyList<HeldAgreement> all, string node)
    {
        var agreement = terms.Agreement;
        CheckParties(terms, all, node);
        var newest = new AgreementVersions(all.Where(held => held.Terms.Agreement.Id == agreement.Id)).Newest;
        var held = newest?.Version ?? 0;
        if (agreement.Version != held + 1)
        {
            throw AgreementFailure.Order(agreement, held);
        }

        CheckSuccessions(terms, newest?.Terms.Agreement, all, node);
    }

    // What the partner succeeds was agreed with this node, so that it is held here; an earlier version was checked.
    private static void CheckSuccessions(
        AgreementTerms terms, Agreement? newest, IReadOnlyList<HeldAgreement> all, string node)
    {
        var agreement = terms.Agreement;
        if (newest?.Successions.FirstOrDefault(one => !agreement.Successions.Contains(one)) is { } left)
        {
            throw ExchangeException.Invalid(
                "agreement.successions",
                $"Version {newest.Version} says that '{left.ByNode}' takes the place of '{left.Node}', and this one "
                + "doesn't. Repeat it: nobody whom it lets through would be let through any more.");
        }

        foreach (var succession in agreement.Successions.Where(
            one => one.ByNode != node && newest?.Successions.Contains(one) != true))
        {
            var versions = new AgreementVersions(
                all.Where(held => held.Terms.Agreement.Id == succession.AgreementId));
            var last = versions.Newest?.Terms;
            if (last?.PartnerOf(node) != succession.Node)
            {
                throw AgreementFailure.Foreign(
                    agreement, node, $"no agreement '{succession.AgreementId}' with '{succession.Node}' is held");
            }

            if (last.Agreement.Heir is { } heir && (heir.Node, heir.ByNode) != (succession.Node, succession.ByNode))
            {
                throw AgreementFailure.Foreign(
                    agreement,
                    node,
                    $"agreement '{succession.AgreementId}' says that '{heir.ByNode}' takes the place of '{heir.Node}'");
            }

            if (last.ValidTo is not { } end || end.AddDays(1) != terms.ValidFrom)
            {
                throw AgreementFailure.Foreign(
                    agreement,
                    node,
                    $"agreement '{succession.AgreementId}' must end the day before this one begins; end it first");
            }
        }
    }

    /// <summary>Whether the partner's key is one that stands in a version that both have signed.</summary>
    public static bool IsKnown(AgreementParty partner, AgreementVersions versions) =>
        versions.Newest?.Terms.Party(partner.Node)?.PublicKey.Equals(partner.PublicKey) ?? false;

    private static void CheckParties(AgreementTerms terms, IReadOnlyList<HeldAgreement> all, string node)
    {
        var agreement = terms.Agreement;
        if (terms.PartnerOf(node) is not { } partner)
        {
            throw AgreementFailure.Foreign(agreement, node, $"'{node}', which this node is, is no party");
        }

        foreach (var other in all.Select(held => held.Terms.Agreement))
        {
            var isSame = other.Parties.Any(party => party.Node == partner);
            if (other.Id == agreement.Id && !isSame)
            {
                throw AgreementFailure.Foreign(agreement, node, $"the versions before aren't with '{partner}'");
            }

            if (other.Id != agreement.Id && isSame)
            {
                throw AgreementFailure.Foreign(
                    agreement,
                    node,
                    $"agreement '{other.Id}' with '{partner}' is held already; change it by a next version");
            }
        }
    }
}
