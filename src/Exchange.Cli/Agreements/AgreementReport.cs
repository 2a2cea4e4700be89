using Exchange.Node.JsonDoor;
using System.Text.Json.Nodes;
using Exchange.Cli.Output;
using Exchange.Node.Agreements;
using Exchange.V1;

namespace Exchange.Cli.Agreements;

/// <summary>One version of an agreement; the JSON of the agreement commands.</summary>
/// <param name="Id">The agreement's id.</param>
/// <param name="Version">Its version.</param>
/// <param name="State">How it stands: <c>proposed</c>, <c>offered</c>, <c>accepted</c>, <c>in-force</c>,
/// <c>replaced</c>, <c>ended</c>; <c>file</c> for one that was only read from a file.</param>
/// <param name="ValidFrom">The first day.</param>
/// <param name="ValidTo">The last day; null when no end was agreed.</param>
/// <param name="Digest">The SHA-256 of the signed bytes, in hexadecimal.</param>
/// <param name="Parties">Who signed.</param>
/// <param name="Terms">The terms, in the contract's own JSON.</param>
internal sealed record AgreementReport(
    string Id,
    uint Version,
    string State,
    string ValidFrom,
    string? ValidTo,
    string Digest,
    IReadOnlyList<PartyReport> Parties,
    JsonNode? Terms)
{
    /// <summary>A version as the node tells of it, which has verified its signatures.</summary>
    public static AgreementReport From(AgreementEntry entry) => From(
        entry.Agreement,
        Names.Lower(entry.State.ToString()),
        entry.Digest.Span,
        [.. entry.Signed.Signatures.Select(signature => signature.Node)]);

    /// <summary>A version as a file tells of it; its signatures were verified here.</summary>
    public static AgreementReport From(
        Agreement agreement, ReadOnlySpan<byte> digest, IReadOnlyList<string> signedBy) =>
        From(agreement, "file", digest, signedBy);

    /// <summary>The state, and what to do about it.</summary>
    public string StateWords() => State switch
    {
        "proposed" => "proposed here; the partner hasn't signed yet",
        "offered" => "offered by the partner; nobody here has accepted it yet",
        "accepted" => "signed by both, not begun",
        "in-force" => "in force",
        "file" => Parties.All(party => party.Signed) ? "signed by both" : "not signed by both",
        _ => State,
    };

    private static AgreementReport From(
        Agreement agreement, string state, ReadOnlySpan<byte> digest, IReadOnlyList<string> signedBy) => new(
        agreement.Id,
        agreement.Version,
        state,
        DayOption.Text(agreement.ValidFromDate),
        agreement.ValidToDate is null ? null : DayOption.Text(agreement.ValidToDate),
        Convert.ToHexStringLower(digest),
        [
            .. agreement.Parties.Select(party => new PartyReport(
                party.Node, party.Name, KeyFingerprint.Of(party.PublicKey.Span), signedBy.Contains(party.Node))),
        ],
        JsonNode.Parse(ContractJson.Line(agreement)));
}

/// <summary>One party of an agreement.</summary>
/// <param name="Node">Its node id.</param>
/// <param name="Name">The body that runs it.</param>
/// <param name="Fingerprint">What the two offices read to each other.</param>
/// <param name="Signed">It signed, and the signature is good.</param>
internal sealed record PartyReport(string Node, string Name, string Fingerprint, bool Signed);
