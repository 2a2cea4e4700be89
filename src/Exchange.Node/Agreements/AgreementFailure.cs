using System.Globalization;
using Exchange.Node.Errors;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Agreements;

/// <summary>Every way in which an agreement is refused, as what the caller gets to see.</summary>
internal static class AgreementFailure
{
    private const string Kind = "agreement";
    private const int ShownDigestLength = 16;

    public static ExchangeException NotFound(string id) =>
        ExchangeException.NotFound(Kind, Sync.NodeIds.IsValid(id) ? id : "unnamed");

    public static ExchangeException NothingOpen(string id)
    {
        var shown = Sync.NodeIds.IsValid(id) ? id : "unnamed";
        return new ExchangeException(
            StatusCode.NotFound,
            ErrorReason.RecordNotFound,
            $"No proposal of agreement '{shown}' waits here for a signature.",
            ("kind", Kind),
            ("id", shown));
    }

    public static ExchangeException Signature(Agreement agreement, string node, string detail) => new(
        StatusCode.InvalidArgument,
        ErrorReason.AgreementSignatureInvalid,
        $"Agreement '{agreement.Id}' version {agreement.Version} isn't good for '{node}': {detail}. Have the partner "
        + "send it again.",
        (Kind, agreement.Id),
        ("version", Text(agreement.Version)),
        ("node", node),
        ("detail", detail));

    public static ExchangeException Unconfirmed(AgreementParty party, StatusCode status)
    {
        var fingerprint = KeyFingerprint.Of(party.PublicKey.Span);
        return new ExchangeException(
            status,
            ErrorReason.AgreementKeyUnconfirmed,
            $"Nobody here has confirmed the key of '{party.Node}'. Its fingerprint is {fingerprint}: call "
            + $"'{party.Node}', have them read theirs, and give it here if it is the same.",
            ("node", party.Node),
            ("fingerprint", fingerprint));
    }

    public static ExchangeException Order(Agreement agreement, uint held) => new(
        StatusCode.FailedPrecondition,
        ErrorReason.AgreementVersionOrder,
        $"Version {agreement.Version} of agreement '{agreement.Id}' doesn't follow version {held}, the newest one that "
        + $"both have signed here; the next is {held + 1}.",
        (Kind, agreement.Id),
        ("held", Text(held)),
        ("expected", Text(held + 1)),
        ("offered", Text(agreement.Version)));

    public static ExchangeException Conflict(HeldAgreement ours, AgreementTerms theirs) => new(
        StatusCode.Aborted,
        ErrorReason.AgreementConflict,
        $"Version {ours.Version} of agreement '{ours.Terms.Agreement.Id}' is held here with other bytes: "
        + $"{Digest(ours.Terms.Digest)}, not {Digest(theirs.Digest)}. "
        + (ours.IsComplete
            ? "Both have signed it: propose the next version."
            : "It lacks a signature: accept the one that is here, or withdraw it first."),
        (Kind, ours.Terms.Agreement.Id),
        ("version", Text(ours.Version)),
        ("ours", Digest(ours.Terms.Digest)),
        ("theirs", Digest(theirs.Digest)));

    public static ExchangeException Raced(Agreement agreement) => new(
        StatusCode.Aborted,
        ErrorReason.AgreementConflict,
        $"Version {agreement.Version} of agreement '{agreement.Id}' was changed here at the same moment. Look at it "
        + "and try again.",
        (Kind, agreement.Id),
        ("version", Text(agreement.Version)),
        ("ours", ""),
        ("theirs", ""));

    public static ExchangeException Foreign(Agreement agreement, string node, string why)
    {
        var parties = string.Join(", ", agreement.Parties.Select(party => party.Node));
        return new ExchangeException(
            StatusCode.InvalidArgument,
            ErrorReason.AgreementForeign,
            $"Agreement '{agreement.Id}' between {parties}: {why}.",
            (Kind, agreement.Id),
            ("parties", parties),
            ("node", node));
    }

    private static string Text(uint version) => version.ToString(CultureInfo.InvariantCulture);

    private static string Digest(ByteString digest) => Convert.ToHexStringLower(digest.Span)[..ShownDigestLength];
}
