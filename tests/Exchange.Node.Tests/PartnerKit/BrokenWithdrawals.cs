using Exchange.V1;
using static Exchange.Node.Tests.PartnerKit.BrokenPartner;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>Partners that keep, or take again, what was taken back.</summary>
internal static class BrokenWithdrawals
{
    private const string Differs = "its digest differs";

    public static IEnumerable<BrokenPartner> All =>
    [
        new(
            "One that keeps what left the scope of the agreement",
            ["withdrawal"],
            Loses(change => change.Removal?.Reason == RemovalReason.LeftScope),
            ("withdrawal.removal", "after the removal " + Differs)),
        new(
            "One that remembers no removal of what it never had",
            ["withdrawal"],
            partner =>
            {
                var had = new HashSet<string>();
                Loses(change =>
                {
                    had.Add(change.Record?.Id ?? "");
                    return change.Removal is { } removal && !had.Contains(removal.Id);
                })(partner);
            },
            ("withdrawal.overtakes", "the record: an ack: 1 applied, 0 skipped")),
        new(
            "One that acknowledges a withdrawal and keeps the record",
            ["withdrawal"],
            Loses(change => change.Removal?.Reason == RemovalReason.ConsentWithdrawn),
            ("withdrawal.consent", "after the withdrawal " + Differs),
            ("withdrawal.erasure", "after the erasure " + Differs)),
        new(
            "One that breaks down at a withdrawal instead of acknowledging it",
            ["withdrawal"],
            BreaksDown(frame => frame.Batch?.Changes.Any(
                change => change.Removal?.Reason == RemovalReason.ConsentWithdrawn) == true),
            ("withdrawal.consent", "ack 2 didn't come: the call ended with UNAVAILABLE"),
            ("withdrawal.erasure", "ack 2 didn't come: the call ended with UNAVAILABLE")),
        new(
            "One that looks at no consent's version",
            ["withdrawal"],
            OnRemoval(removal => removal.ConsentVersion == ulong.MaxValue ? ulong.MaxValue : 0),
            ("withdrawal.consent", "a newer one by consent 5: an ack: 1 applied, 0 skipped")),
        new(
            "One for which an erasure is a withdrawal that may end",
            ["withdrawal"],
            OnRemoval(removal => removal.ConsentVersion == ulong.MaxValue ? 0 : removal.ConsentVersion),
            ("withdrawal.erasure", "a newer one by consent 9: an ack: 1 applied, 0 skipped")),
    ];

    private static Action<CheckedPartner> OnRemoval(Func<Removal, ulong> consent) => OnBatch(batch =>
    {
        foreach (var removal in batch.Changes.Select(change => change.Removal).OfType<Removal>())
        {
            removal.ConsentVersion = consent(removal);
        }
    });
}
