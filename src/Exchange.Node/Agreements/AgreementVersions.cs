using Exchange.V1;

namespace Exchange.Node.Agreements;

/// <summary>The versions of one agreement that are kept, oldest first.</summary>
internal sealed class AgreementVersions(IEnumerable<HeldAgreement> versions)
{
    private readonly List<HeldAgreement> _versions = [.. versions.OrderBy(held => held.Version)];

    public IReadOnlyList<HeldAgreement> All => _versions;

    /// <summary>The newest one, signed by both or not; null when there is none.</summary>
    public HeldAgreement? Last => _versions is [.., var last] ? last : null;

    /// <summary>The newest one that both have signed; null when there is none.</summary>
    public HeldAgreement? Newest => _versions.LastOrDefault(held => held.IsComplete);

    /// <summary>The one that lacks a signature; null when there is none.</summary>
    public HeldAgreement? Open => _versions.LastOrDefault(held => !held.IsComplete);

    public HeldAgreement? Find(uint version) => _versions.FirstOrDefault(held => held.Version == version);

    /// <summary>The one that counts on a day: the newest that has begun. Null before the first has.</summary>
    public HeldAgreement? On(DateOnly day) =>
        _versions.LastOrDefault(held => held.IsComplete && held.Terms.HasBegun(day));

    /// <summary>How a version stands on a day, as a node sees it.</summary>
    public AgreementState StateOf(HeldAgreement held, string node, DateOnly day)
    {
        if (!held.IsComplete)
        {
            return held.IsSignedBy(node) ? AgreementState.Proposed : AgreementState.Offered;
        }

        if (!held.Terms.HasBegun(day))
        {
            return AgreementState.Accepted;
        }

        return On(day) != held
            ? AgreementState.Replaced
            : held.Terms.IsInForce(day) ? AgreementState.InForce : AgreementState.Ended;
    }
}
