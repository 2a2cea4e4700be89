using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>
/// Joins the consents that stand in the store with those that a writer sends. A consent is never lost by a writer that
/// doesn't know it: an older list that arrives late neither undoes a withdrawal nor kills a renewal, because the
/// version orders them, not the arrival.
/// </summary>
internal static class ConsentMerge
{
    /// <summary>The legal basis to store.</summary>
    /// <param name="stored">What stands there; null when nothing does.</param>
    /// <param name="given">What the writer sends; null keeps what stands there.</param>
    public static LegalBasis? Join(LegalBasis? stored, LegalBasis? given)
    {
        if (stored is null or { Consents.Count: 0 } || given is null)
        {
            return given ?? stored;
        }

        var joined = given.Clone();
        joined.Consents.Clear();
        joined.Consents.AddRange(stored.Consents.Concat(given.Consents)
            .GroupBy(consent => (consent.RecipientNode, consent.Purpose, consent.Version))
            .Select(Decisive)
            .OrderBy(consent => consent.Version)
            .ThenBy(consent => consent.RecipientNode, StringComparer.Ordinal)
            .ThenBy(consent => consent.Purpose, StringComparer.Ordinal));
        return joined;
    }

    /// <summary>The consent that counts toward a recipient and a purpose; null when there never was one.</summary>
    /// <param name="basis">All consents.</param>
    /// <param name="recipients">The recipient, and whose place it took.</param>
    /// <param name="purpose">The purpose.</param>
    public static Consent? Latest(LegalBasis? basis, IReadOnlyList<string> recipients, string purpose)
    {
        Consent? latest = null;
        foreach (var consent in basis?.Consents ?? [])
        {
            var isFor = recipients.Contains(consent.RecipientNode) && consent.Purpose == purpose;
            if (isFor && (latest is null || consent.Version > latest.Version
                || (consent.Version == latest.Version && consent.Withdrawn)))
            {
                latest = consent;
            }
        }

        return latest;
    }

    // Two words under one version contradict each other: then the person is believed to have withdrawn.
    private static Consent Decisive(IEnumerable<Consent> sameVersion)
    {
        var words = sameVersion.ToList();
        return words.Find(consent => consent.Withdrawn) ?? words[^1];
    }
}
