using Exchange.Node.Agreements;
using Exchange.Node.Records;

namespace Exchange.Node.Sync;

/// <summary>A partner with the agreement that both have signed.</summary>
/// <param name="Options">What the configuration says of the line; defaults for a partner that it doesn't name.</param>
/// <param name="Versions">The agreement's versions, oldest first; at least one.</param>
/// <param name="DigestKey">The key under which digests are made. Never logged.</param>
internal sealed record SyncPeer(
    PeerOptions Options, IReadOnlyList<AgreementTerms> Versions, ReadOnlyMemory<byte> DigestKey)
{
    /// <summary>The partner's node id.</summary>
    public string Node => Options.Node;

    /// <summary>
    /// What counts on a day in Asia/Shanghai: the newest version that has begun; before any has, the first.
    /// </summary>
    public AgreementTerms TermsOn(DateOnly day) => Versions.LastOrDefault(terms => terms.HasBegun(day)) ?? Versions[0];

    /// <summary>
    /// The moment at which the agreement's last day ends, when that day has come or is past and no version follows:
    /// from then on nothing new flows, and everything is taken back. Null before.
    /// </summary>
    public DateTimeOffset? WindsUpBy(DateOnly day) =>
        TermsOn(day).ValidTo is { } last && day >= last && !TermsOn(last.AddDays(1)).IsInForce(last.AddDays(1))
            ? NodeIdentity.StartOf(last.AddDays(1))
            : null;

    /// <summary>
    /// The first moment after a day's beginning at which something else may flow than on that day; null when none is
    /// known. An open session ends there and begins anew.
    /// </summary>
    public DateTimeOffset? ChangesAfter(DateOnly day)
    {
        var days = Versions.SelectMany(Turns).Where(turn => turn > day);
        return days.Order().Cast<DateOnly?>().FirstOrDefault() is { } next ? NodeIdentity.StartOf(next) : null;
    }

    /// <summary>
    /// The version that is good beside <see cref="TermsOn"/> until it begins; null when there is none.
    /// </summary>
    public AgreementTerms? SuccessorOn(DateOnly day)
    {
        var version = TermsOn(day).Agreement.Version;
        return Versions
            .Where(terms => terms.Agreement.Version > version && !terms.HasBegun(day))
            .MinBy(terms => terms.ValidFrom);
    }

    /// <summary>Whether another reading of the same partner says the same.</summary>
    public bool IsLike(SyncPeer other) =>
        ReferenceEquals(Options, other.Options)
        && DigestKey.Span.SequenceEqual(other.DigestKey.Span)
        && Versions.Select(terms => terms.Digest).SequenceEqual(other.Versions.Select(terms => terms.Digest));

    private static IEnumerable<DateOnly> Turns(AgreementTerms terms)
    {
        var pairs = terms.Agreement.Flows.SelectMany(flow => flow.DivisionPairs);
        var first = pairs.Select(pair => DateRules.Day(pair.ValidFromDate))
            .Append(terms.ValidFrom)
            .Append(terms.ValidTo);
        var last = pairs.Select(pair => DateRules.Day(pair.ValidToDate)).Append(terms.ValidTo);
        return [.. first.OfType<DateOnly>(), .. last.OfType<DateOnly>().Select(day => day.AddDays(1))];
    }
}
