using Exchange.V1;

namespace Exchange.Node.Agreements;

/// <summary>One version of an agreement as it is kept; its signatures were found good before.</summary>
/// <param name="Row">What is stored: the signed bytes and when they came.</param>
/// <param name="Terms">What the bytes say.</param>
internal sealed record HeldAgreement(AgreementEntry Row, AgreementTerms Terms)
{
    /// <summary>The signed bytes.</summary>
    public SignedAgreement Signed => Row.Signed;

    public uint Version => Terms.Agreement.Version;

    /// <summary>Both parties signed.</summary>
    public bool IsComplete => Signed.Signatures.Count == Terms.Agreement.Parties.Count;

    /// <summary>Reads what <see cref="AgreementBook"/> stored.</summary>
    public static HeldAgreement Read(ReadOnlySpan<byte> row)
    {
        var entry = AgreementEntry.Parser.ParseFrom(row);
        return new HeldAgreement(entry, new AgreementTerms(Agreement.Parser.ParseFrom(entry.Signed.Agreement)));
    }

    public bool IsSignedBy(string node) => Signed.Signatures.Any(signature => signature.Node == node);
}
