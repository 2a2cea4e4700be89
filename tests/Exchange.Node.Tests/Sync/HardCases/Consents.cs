using Exchange.V1;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>What people said about placement by the city.</summary>
internal static class Consents
{
    public static LegalBasis Of(params Consent[] consents) =>
        new() { Kind = LegalBasisKind.Consent, Consents = { consents } };

    public static Consent Given(ulong version) =>
        new() { Version = version, RecipientNode = "dongguan", Purpose = "placement", TextVersion = "2026-1" };

    public static Consent Withdrawn(ulong version) =>
        new() { Version = version, RecipientNode = "dongguan", Purpose = "placement", Withdrawn = true };
}
