using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>Whether a person still agrees to be proposed to a node.</summary>
internal static class Consents
{
    private const string Placement = "placement";

    /// <summary>
    /// The person withdrew what was once granted to a node for placements, or everything that was granted to it.
    /// </summary>
    public static bool AreWithdrawn(LegalBasis? basis, string node)
    {
        var newest = (basis?.Consents ?? [])
            .Where(consent => consent.RecipientNode == node)
            .GroupBy(consent => consent.Purpose, StringComparer.Ordinal)
            .Select(purpose => purpose.MaxBy(consent => consent.Version)!)
            .ToList();
        return newest.Exists(consent => consent.Withdrawn && consent.Purpose == Placement)
            || (newest.Count > 0 && newest.TrueForAll(consent => consent.Withdrawn));
    }
}
