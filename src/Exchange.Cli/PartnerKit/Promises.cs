namespace Exchange.Cli.PartnerKit;

/// <summary>Everything that a partner promises.</summary>
internal static class Promises
{
    /// <summary>All, in the order in which they are looked at.</summary>
    public static IReadOnlyList<Promise> All { get; } =
    [
        .. HandshakePromises.All,
        .. VersionPromises.All,
        .. GivingPromises.All,
        .. ResumePromises.All,
        .. QuarantinePromises.All,
        .. WithdrawalPromises.All,
        .. DigestPromises.All,
        .. UnknownPromises.All,
        .. LimitPromises.All,
        .. EpochPromises.All,
        .. ReceiptPromises.All,
    ];

    /// <summary>Those whose name begins with one of some words; all without any.</summary>
    public static IReadOnlyList<Promise> Named(IReadOnlyCollection<string> only) => only.Count == 0
        ? All
        : [.. All.Where(promise => only.Any(word => promise.Id.StartsWith(word, StringComparison.Ordinal)))];
}
