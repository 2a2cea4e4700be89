using Exchange.V1;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>What people said about the city and a purpose.</summary>
internal static class Consents
{
    public static LegalBasis Of(params Consent[] consents) =>
        new() { Kind = LegalBasisKind.Consent, Consents = { consents } };

    public static Consent Given(ulong version, string purpose = "placement") =>
        new() { Version = version, RecipientNode = "dongguan", Purpose = purpose, TextVersion = "2026-1" };

    public static Consent Withdrawn(ulong version, string purpose = "placement") =>
        new() { Version = version, RecipientNode = "dongguan", Purpose = purpose, Withdrawn = true };
}
