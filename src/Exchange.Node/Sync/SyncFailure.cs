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

    /// <summary>What was agreed with the peer is no longer what the session began under.</summary>
    public static SyncFailure AgreementChanged(string peer) => new(
        StatusCode.Aborted,
        ErrorReason.SessionSuperseded,
        $"The agreement with '{peer}' changed. Connect again; the next session runs under what holds then.")
    {
        Metadata = new Dictionary<string, string> { ["peer"] = peer },
    };

    /// <summary>This node is being stopped.</summary>
    public static SyncFailure Stopping { get; } = new(
        StatusCode.Unavailable,
        ErrorReason.NodeStopping,
        "The node is being stopped. Connect again, with backoff; the session resumes at the last durable batch.");
}
