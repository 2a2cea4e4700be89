using Exchange.Node.Agreements;

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

    /// <summary>The version that is good beside <see cref="TermsOn"/>; null when there is none.</summary>
    public AgreementTerms? SuccessorOn(DateOnly day) => NextTerms is { } next && !next.IsInForce(day) ? next : null;
}
