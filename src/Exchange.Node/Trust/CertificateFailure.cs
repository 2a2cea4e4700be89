using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Agreements;
using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Trust;

/// <summary>Every way in which a node isn't believed to be who it says.</summary>
internal static class CertificateFailure
{
    /// <summary>A call of a node came without a certificate.</summary>
    public static SyncFailure Missing { get; } = new(
        StatusCode.Unauthenticated,
        ErrorReason.PeerCertificateMissing,
        "This call is for partners' nodes, which show their certificate over https. Call so, or ask the node's "
            + "operator.");

    /// <summary>The key isn't pinned.</summary>
    /// <param name="node">Who it says it is.</param>
    /// <param name="keyHash">The SHA-256 of its public key.</param>
    public static SyncFailure Unknown(string node, ReadOnlySpan<byte> keyHash)
    {
        var (shown, key) = (Shown(node), Convert.ToHexStringLower(keyHash));
        return new SyncFailure(
            StatusCode.Unauthenticated,
            ErrorReason.PeerCertificateUnknown,
            $"The certificate that '{shown}' shows isn't pinned here, or no longer (its key is {key}). Have the "
                + "partner "
            + "send its card, compare fingerprints by telephone, and add it: exchange peer add.")
        {
            Metadata = new Dictionary<string, string> { ["node"] = shown, ["key"] = key },
        };
    }

    /// <summary>Nothing is pinned of a partner that is to be called.</summary>
    public static SyncFailure NonePinned(string node) => new(
        StatusCode.Unauthenticated,
        ErrorReason.PeerCertificateUnknown,
        $"No certificate of '{node}' is pinned here, so that it can't be told from somebody else. Have the partner "
            + "send "
        + "its card, compare fingerprints by telephone, and add it: exchange peer add.")
    {
        Metadata = new Dictionary<string, string> { ["node"] = node, ["key"] = "" },
    };

    /// <summary>A certificate of a partner was removed here while it was in use.</summary>
    public static SyncFailure Removed(string node) => new(
        StatusCode.Unauthenticated,
        ErrorReason.PeerCertificateUnknown,
        $"A certificate of '{node}' was removed by an operator. Connect again with one that is pinned.")
    {
        Metadata = new Dictionary<string, string> { ["node"] = node, ["key"] = "" },
    };

    /// <summary>This node's certificate changes; a live session begins anew.</summary>
    public static SyncFailure Rolling(string peer) => new(
        StatusCode.Aborted,
        ErrorReason.SessionSuperseded,
        $"The certificate of this node changes. Connect again; '{peer}' is told of the next one, or shown it.")
    {
        Metadata = new Dictionary<string, string> { ["peer"] = peer },
    };

    /// <summary>The certificate is pinned, but not good now.</summary>
    public static SyncFailure Expired(string node, X509Certificate2 certificate)
    {
        var (from, to) = (Text(certificate.NotBefore), Text(certificate.NotAfter));
        return new SyncFailure(
            StatusCode.Unauthenticated,
            ErrorReason.PeerCertificateExpired,
            $"The certificate of '{node}' is good from {from} to {to}. It must be renewed there; for the same key no "
                + "new "
            + "card is needed.")
        {
            Metadata = new Dictionary<string, string>
            {
                ["node"] = node,
                ["valid_from"] = from,
                ["valid_to"] = to,
            },
        };
    }

    /// <summary>The certificate is another partner's.</summary>
    public static SyncFailure Foreign(string node, string owner)
    {
        var shown = Shown(node);
        return new SyncFailure(
            StatusCode.PermissionDenied,
            ErrorReason.PeerCertificateForeign,
            $"The certificate is that of '{owner}', and the call is for '{shown}'. A node speaks for itself alone.")
        {
            Metadata = new Dictionary<string, string> { ["node"] = shown, ["certificate_of"] = owner },
        };
    }

    /// <summary>Nobody has compared the fingerprint of a card.</summary>
    public static ExchangeException Unconfirmed(PeerCard card, ReadOnlySpan<byte> ownKey)
    {
        var (theirs, ours) = (KeyFingerprint.Spoken(card.PublicKey.Span), KeyFingerprint.Spoken(ownKey));
        var (words, ownWords) = (string.Join(' ', theirs.Words), string.Join(' ', ours.Words));
        return new ExchangeException(
            StatusCode.FailedPrecondition,
            ErrorReason.PeerKeyUnconfirmed,
            $"Nobody here has confirmed the key of '{card.Node}'. Its fingerprint is {theirs.Digits} ({words}): call "
            + $"'{card.Node}', have them read theirs, and give it here if it is the same. Ours, for them: "
            + $"{ours.Digits} "
            + $"({ownWords}).",
            ("node", card.Node),
            ("fingerprint", theirs.Digits),
            ("words", words),
            ("own_fingerprint", ours.Digits),
            ("own_words", ownWords));
    }

    // The id comes from outside: only what looks like one is repeated.
    private static string Shown(string node) => NodeIds.IsValid(node) ? node : "unnamed";

    private static string Text(DateTime moment) =>
        moment.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
