using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>What came, in words that stand in the contract.</summary>
internal static class KitText
{
    private static readonly EnumDescriptor Reasons =
        ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason));

    /// <summary>How a call ended.</summary>
    public static string End(SyncFailure? failure) => failure is null
        ? "the call ended with OK"
        : $"the call ended with {Status(failure.Status)} / {Reason(failure.FromPeer ? failure.Reason : default)}";

    /// <summary>A reason by its name in error.proto.</summary>
    public static string Reason(ErrorReason reason) =>
        reason == ErrorReason.Unspecified ? "no reason" : Reasons.FindValueByNumber((int)reason)?.Name ?? $"{reason:D}";

    /// <summary>An acknowledgement.</summary>
    public static string Ack(SyncAck ack) => $"an ack: {ack.AppliedCount} applied, {ack.SkippedCount} skipped"
        + List(", in quarantine: ", ack.Quarantined.Select(one => Reason(one.Reason)))
        + List(", waiting: ", ack.Waiting.Select(one => one.Kind))
        + List(", settled: ", ack.Settled.Select(one => one.Kind));

    /// <summary>A verdict on a digest.</summary>
    public static string Of(SyncVerdict verdict, SyncDigest expected) => verdict.Matches
        ? "its digest is the expected one"
        : $"its digest differs: it counts {verdict.Digest?.Count ?? 0} records, {expected.Count} were expected";

    private static string List(string before, IEnumerable<string> what) =>
        string.Join(", ", what.Distinct()) is { Length: > 0 } text ? before + text : "";

    private static string Status(StatusCode code) => string.Concat(
        code.ToString().Select((letter, i) => i > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}"))
        .ToUpperInvariant();
}
