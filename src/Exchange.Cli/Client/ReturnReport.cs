using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>What was given back after a node was restored from a backup, for its newest restore.</summary>
/// <param name="Time">When it was restored, or when that was found out.</param>
/// <param name="Complete">Everything was given back.</param>
/// <param name="Returned">
/// On the restored node, records that were lost and came back partial; on the other, what it gave back.
/// </param>
/// <param name="ErasedAgain">Records that were deleted, erased, frozen or withdrawn again.</param>
/// <param name="Restamped">Records that stand in an older version, under a newer one.</param>
internal sealed record ReturnReport(
    DateTimeOffset Time, bool Complete, ulong Returned, ulong ErasedAgain, ulong Restamped)
{
    public static ReturnReport? From(RestoreReport? report) => report is null
        ? null
        : new ReturnReport(
            report.RestoredTime.ToDateTimeOffset(),
            report.IsComplete,
            report.ReturnedCount,
            report.ErasedAgainCount,
            report.RestampedCount);
}
