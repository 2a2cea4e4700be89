using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Decides from a record's envelope whether it may flow; the payload stays sealed.</summary>
internal static class Admission
{
    /// <summary>Judges one record of this node.</summary>
    /// <param name="terms">The direction.</param>
    /// <param name="kind">What holds for the record's kind.</param>
    /// <param name="envelope">The record without its payload.</param>
    /// <param name="isSighted">A placement event brought the record into the receiver's sight.</param>
    /// <param name="hasSubjectBasis">The persons that the record names may be known to the receiver.</param>
    public static Judgement Judge(
        FlowTerms terms, KindTerms? kind, Record envelope, bool isSighted, bool hasSubjectBasis)
    {
        switch (envelope.State)
        {
            case RecordState.Active:
                break;
            case RecordState.Deleted:
                return Judgement.Deleted;
            default:
                return Judgement.WithoutBasis;
        }

        if (kind is null || !IsInScope(terms, kind.Gate, envelope, isSighted))
        {
            return Judgement.OutOfScope;
        }

        if (!kind.IsPersonal || (hasSubjectBasis && HasBasis(envelope.LegalBasis, terms.To, terms.Purpose)))
        {
            return Judgement.Flows;
        }

        return kind.Shared is null ? Judgement.WithoutBasis : Judgement.FlowsWithoutDetails;
    }

    /// <summary>Whether the law lets a personal record go to a node for a purpose.</summary>
    public static bool HasBasis(LegalBasis? basis, string recipient, string purpose)
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
            && ConsentMerge.Latest(basis, recipient, purpose) is { Withdrawn: false };
    }

    /// <summary>Whether a consent speaks of a recipient and a purpose.</summary>
    public static bool IsFor(Consent consent, string recipient, string purpose) =>
        consent.RecipientNode == recipient && consent.Purpose == purpose;

    private static bool IsInScope(FlowTerms terms, Gate gate, Record envelope, bool isSighted) => gate switch
    {
        Gate.All => terms.IsWithinDivisions(envelope.ScopeKeys),
        Gate.NamedInPlacement => isSighted,
        Gate.Party => envelope.ScopeKeys.Any(key => key.Name == ScopeNames.Party && key.Value == terms.To),
        _ => false,
    };
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
