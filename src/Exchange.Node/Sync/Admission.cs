using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Decides from a record's envelope whether it may flow; the payload stays sealed.</summary>
internal static class Admission
{
    /// <summary>Judges one record of this node.</summary>
    /// <param name="terms">The direction.</param>
    /// <param name="candidate">The record, and what is known of it.</param>
    /// <param name="envelope">The record without its payload.</param>
    public static Verdict Judge(FlowTerms terms, Candidate candidate, Record envelope)
    {
        switch (envelope.State)
        {
            case RecordState.Active:
                break;
            case RecordState.Deleted:
                return new Verdict(Judgement.Deleted);
            default:
                return new Verdict(Judgement.WithoutBasis);
        }

        var (isInScope, whole, shared) = (false, 0u, 0u);
        foreach (var rule in candidate.Kind?.Rules ?? [])
        {
            if (!IsInScope(terms, rule, candidate, envelope))
            {
                continue;
            }

            isInScope = true;
            var isFree = !candidate.Kind!.IsPersonal
                || ((candidate.Lacking & rule.Bit) == 0 && HasBasis(envelope.LegalBasis, terms, rule.Purpose));
            whole |= isFree ? rule.Bit : 0;
            shared |= !isFree && rule.Shared is not null ? rule.Bit : 0;
        }

        var judgement = whole != 0 ? Judgement.Flows
            : shared != 0 ? Judgement.FlowsWithoutDetails
            : isInScope ? Judgement.WithoutBasis
            : Judgement.OutOfScope;
        return new Verdict(judgement, whole, shared);
    }

    /// <summary>Whether the law lets a personal record go to a direction's receiver for a purpose.</summary>
    public static bool HasBasis(LegalBasis? basis, FlowTerms terms, string purpose)
    {
        if (basis is null)
        {
            return false;
        }

        if (basis.Kind == LegalBasisKind.StatutoryDuty)
        {
            return true;
        }

        // Grants and withdrawals are ordered by their version, whatever the order in the list.
        return basis.Kind == LegalBasisKind.Consent
            && ConsentMerge.Latest(basis, terms.Recipients, purpose) is { Withdrawn: false };
    }

    /// <summary>Whether a consent speaks of a direction's receiver and one of its purposes.</summary>
    public static bool IsFor(Consent consent, FlowTerms terms) =>
        terms.Recipients.Contains(consent.RecipientNode) && terms.Purposes.Contains(consent.Purpose);

    private static bool IsInScope(FlowTerms terms, PurposeRule rule, Candidate candidate, Record envelope) =>
        (candidate.Origin is not { } origin || rule.PassesOnFrom.Contains(origin)) && rule.Gate switch
        {
            Gate.All => rule.IsWithinDivisions(envelope.ScopeKeys),
            Gate.NamedInPlacement => candidate.IsSighted,
            Gate.Party => envelope.ScopeKeys.Any(
                key => key.Name == ScopeNames.Party && terms.Recipients.Contains(key.Value)),
            _ => false,
        };
}

/// <summary>What was decided of a record, and for which purposes it flows.</summary>
/// <param name="Judgement">The decision.</param>
/// <param name="Whole">The purposes for which the fields flow that are agreed for them.</param>
/// <param name="Shared">The purposes for which only what shared work always has flows.</param>
internal readonly record struct Verdict(Judgement Judgement, uint Whole = 0, uint Shared = 0)
{
    /// <summary>Something flows.</summary>
    public bool IsFlowing => (Whole | Shared) != 0;

    /// <summary>All purposes for which something does.</summary>
    public uint Purposes => Whole | Shared;
}

/// <summary>What was decided of a record.</summary>
internal enum Judgement
{
    /// <summary>It may flow.</summary>
    Flows,

    /// <summary>
    /// It may flow, but only what both sides of shared work always have of it: the person's basis has ended.
    /// </summary>
    FlowsWithoutDetails,

    /// <summary>No gate lets it through.</summary>
    OutOfScope,

    /// <summary>The law doesn't let it go to this receiver, or it is kept only, or erased.</summary>
    WithoutBasis,

    /// <summary>It is gone.</summary>
    Deleted,
}
