using Exchange.Node.Errors;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Sync;

/// <summary>Why a session failed, as data: enough to make a status for the peer and a line for the operator.</summary>
/// <param name="Status">The gRPC status code.</param>
/// <param name="Reason">The reason, which <c>error.proto</c> describes.</param>
/// <param name="Message">What is wrong, the value and what to do. Never holds personal data.</param>
internal sealed record SyncFailure(StatusCode Status, ErrorReason Reason, string Message)
{
    /// <summary>Everything in the message that varies, by the names that <c>error.proto</c> gives.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>The peer found it and told us; otherwise this side found it.</summary>
    public bool FromPeer { get; init; }

    /// <summary>The peer's machine answered, but nothing listens there.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Retrying doesn't help until somebody acts.</summary>
    public bool NeedsPeople => Status is StatusCode.PermissionDenied or StatusCode.FailedPrecondition
        or StatusCode.Unauthenticated or StatusCode.Unimplemented;

    /// <summary>The failure as the exception that the error interceptor turns into a status.</summary>
    public ExchangeException ToException() =>
        new(Status, Reason, Message, [.. Metadata.Select(pair => (pair.Key, pair.Value))]);

    /// <summary>A frame doesn't fit where the session stands.</summary>
    public static SyncFailure Protocol(string detail) => new(
        StatusCode.Aborted,
        ErrorReason.SyncProtocol,
        $"The sync stream is out of step: {detail}. Connect again; the session resumes at the last durable batch.")
    {
        Metadata = new Dictionary<string, string> { ["detail"] = detail },
    };

    /// <summary>The peer is silent, gone or can't be reached.</summary>
    public static SyncFailure Unreachable(string peer, string detail) => new(
        StatusCode.Unavailable,
        ErrorReason.PeerUnreachable,
        $"Partner '{peer}' can't be reached: {detail}. Connect again, with backoff.")
    {
        Metadata = new Dictionary<string, string> { ["peer"] = peer, ["detail"] = detail },
    };

    /// <summary>No agreement with that node is held here.</summary>
    public static SyncFailure PeerUnknown(string node)
    {
        // The id comes from outside: only what looks like one is repeated.
        var shown = NodeIds.IsValid(node) ? node : "unnamed";
        return new SyncFailure(
            StatusCode.PermissionDenied,
            ErrorReason.PeerUnknown,
            $"No agreement with node '{shown}' is held here that both have signed. Propose or accept one.")
        {
            Metadata = new Dictionary<string, string> { ["node"] = shown },
        };
    }

    /// <summary>Another session with the same peer began.</summary>
    public static SyncFailure Superseded(string peer) => new(
        StatusCode.Aborted,
        ErrorReason.SessionSuperseded,
        $"Another session with '{peer}' began. Retry later; only one session a peer runs at a time.")
    {
        Metadata = new Dictionary<string, string> { ["peer"] = peer },
    };

    /// <summary>A session and a bundle of the same peer exclude each other.</summary>
    public static SyncFailure Busy(string peer, bool withBundle) => new(
        StatusCode.Aborted,
        ErrorReason.SessionSuperseded,
        (withBundle ? $"A bundle of or for '{peer}' is being worked on." : $"A session with '{peer}' is running.")
        + " Retry later; only one of them goes on at a time.")
    {
        Metadata = new Dictionary<string, string> { ["peer"] = peer },
    };

    /// <summary>What was agreed with the peer is no longer what the session began under.</summary>
    public static SyncFailure AgreementChanged(string peer) => new(
        StatusCode.Aborted,
        ErrorReason.SessionSuperseded,
        $"The agreement with '{peer}' changed. Connect again; the next session runs under what holds then.")
    {
        Metadata = new Dictionary<string, string> { ["peer"] = peer },
    };

    /// <summary>The two sides' receipts don't follow on each other.</summary>
    public static SyncFailure ReceiptChainBroken(ReceiptLink ours, ReceiptLink theirs) => new(
        StatusCode.FailedPrecondition,
        ErrorReason.ReceiptChainBroken,
        $"This side's newest receipt is {ours}, the other side goes on from {theirs}. The data was exchanged, but no "
        + "receipt was made. Compare the receipts of both nodes: one was changed by hand, or is a copy of another.")
    {
        Metadata = new Dictionary<string, string> { ["ours"] = ours.ToString(), ["theirs"] = theirs.ToString() },
    };

    /// <summary>A receipt lacks a good signature of a node.</summary>
    public static SyncFailure ReceiptForged(string node, ulong number) => new(
        StatusCode.FailedPrecondition,
        ErrorReason.ReceiptForged,
        $"Receipt {number} has no good signature of '{node}'. The data was exchanged, but no receipt was made. Compare "
        + "the public keys of both nodes with those that the agreement names.")
    {
        Metadata = new Dictionary<string, string>
        {
            ["node"] = node,
            ["number"] = number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
    };

    /// <summary>A receipt says something else than this side saw.</summary>
    public static SyncFailure ReceiptMismatch(string field, string ours, string theirs) => new(
        StatusCode.Aborted,
        ErrorReason.ReceiptMismatch,
        $"The receipt doesn't say what this side saw: {field} is '{theirs}', here it is '{ours}'. The data was "
        + "exchanged; the next session makes a new receipt.")
    {
        Metadata = new Dictionary<string, string> { ["field"] = field, ["ours"] = ours, ["theirs"] = theirs },
    };

    /// <summary>A receipt can't be read, or came when none was to come.</summary>
    public static SyncFailure ReceiptInvalid(string detail) => new(
        StatusCode.Aborted,
        ErrorReason.ReceiptInvalid,
        $"The receipt can't be taken: {detail}. The data was exchanged; the next session makes a new receipt.")
    {
        Metadata = new Dictionary<string, string> { ["detail"] = detail },
    };

    /// <summary>This node is being stopped.</summary>
    public static SyncFailure Stopping { get; } = new(
        StatusCode.Unavailable,
        ErrorReason.NodeStopping,
        "The node is being stopped. Connect again, with backoff; the session resumes at the last durable batch.");
}
