namespace Exchange.Node.Placements;

/// <summary>
/// Counts one node's referrals to one vacancy against its quotas. The same on every node that holds the same records:
/// in the order of day, clock, node and id each referral takes from the quota that expires first among those not
/// expired on its day.
/// </summary>
internal static class QuotaLedger
{
    /// <summary>The placements whose referral found no quota to take from.</summary>
    public static IReadOnlySet<string> Over(IEnumerable<Grant> grants, IEnumerable<Referral> referrals)
    {
        var left = grants.OrderBy(grant => grant.LastDay).ToArray();
        var over = new HashSet<string>(StringComparer.Ordinal);
        var ordered = referrals
            .OrderBy(referral => referral.Day)
            .ThenBy(referral => referral.Clock)
            .ThenBy(referral => referral.HomeNode, StringComparer.Ordinal)
            .ThenBy(referral => referral.EventId, StringComparer.Ordinal)
            .DistinctBy(referral => referral.PlacementId);
        foreach (var referral in ordered)
        {
            var i = Array.FindIndex(left, grant => grant.Referrals > 0 && grant.LastDay >= referral.Day);
            if (i < 0)
            {
                over.Add(referral.PlacementId);
            }
            else
            {
                left[i] = left[i] with { Referrals = left[i].Referrals - 1 };
            }
        }

        return over;
    }
}

/// <summary>What a quota grants.</summary>
/// <param name="Referrals">How many referrals.</param>
/// <param name="LastDay">Until when.</param>
internal sealed record Grant(int Referrals, DateOnly LastDay);

/// <summary>A referral that takes from a quota.</summary>
/// <param name="PlacementId">The placement that it begins.</param>
/// <param name="Day">The day it happened; a partner's without one takes from what is open longest ago.</param>
/// <param name="Clock">The hybrid logical clock reading of its version.</param>
/// <param name="HomeNode">The node that wrote it.</param>
/// <param name="EventId">The event's record id.</param>
internal sealed record Referral(string PlacementId, DateOnly Day, ulong Clock, string HomeNode, string EventId);
