using Exchange.Node.Agreements;
using Exchange.Node.Records;

namespace Exchange.Node.Sync;

/// <summary>A configured partner with what its files say.</summary>
/// <param name="Options">What the configuration says.</param>
/// <param name="Terms">The agreement.</param>
/// <param name="NextTerms">Its next version; null when there is none.</param>
/// <param name="DigestKey">The key under which digests are made. Never logged.</param>
internal sealed record SyncPeer(
    PeerOptions Options, AgreementTerms Terms, AgreementTerms? NextTerms, ReadOnlyMemory<byte> DigestKey)
{
    /// <summary>The partner's node id.</summary>
    public string Node => Options.Node;

    /// <summary>What holds on a day in Asia/Shanghai: the next version from its first day on.</summary>
    public AgreementTerms TermsOn(DateOnly day) => NextTerms is { } next && next.IsInForce(day) ? next : Terms;

    /// <summary>
    /// The moment at which the agreement's last day ends, when that day has come or is past and no version follows: from
    /// then on nothing new flows, and everything is taken back. Null before.
    /// </summary>
    public DateTimeOffset? WindsUpBy(DateOnly day) =>
        TermsOn(day).ValidTo is { } last && day >= last && NextTerms?.IsInForce(last.AddDays(1)) != true
            ? NodeIdentity.StartOf(last.AddDays(1))
            : null;

    /// <summary>
    /// The first moment after a day's beginning at which something else may flow than on that day; null when none is
    /// known. An open session ends there and begins anew.
    /// </summary>
    public DateTimeOffset? ChangesAfter(DateOnly day)
    {
        var days = new[] { Terms, NextTerms }.OfType<AgreementTerms>().SelectMany(Turns).Where(turn => turn > day);
        return days.Order().Cast<DateOnly?>().FirstOrDefault() is { } next ? NodeIdentity.StartOf(next) : null;
    }

    private static IEnumerable<DateOnly> Turns(AgreementTerms terms)
    {
        var pairs = terms.Agreement.Flows.SelectMany(flow => flow.DivisionPairs);
        var first = pairs.Select(pair => DateRules.Day(pair.ValidFromDate)).Append(terms.ValidFrom).Append(terms.ValidTo);
        var last = pairs.Select(pair => DateRules.Day(pair.ValidToDate)).Append(terms.ValidTo);
        return [.. first.OfType<DateOnly>(), .. last.OfType<DateOnly>().Select(day => day.AddDays(1))];
    }

    /// <summary>The version that is good beside <see cref="TermsOn"/>; null when there is none.</summary>
    public AgreementTerms? SuccessorOn(DateOnly day) => NextTerms is { } next && !next.IsInForce(day) ? next : null;
}
