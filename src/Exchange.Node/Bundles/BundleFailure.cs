using System.Globalization;
using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Bundles;

/// <summary>Why a bundle can't be made or taken. In every case nothing was changed.</summary>
internal static class BundleFailure
{
    public static ExchangeException Invalid(string detail) => new(
        StatusCode.InvalidArgument,
        ErrorReason.BundleInvalid,
        $"This can't be taken as a bundle: {detail}. Nothing was changed. Have the sender make another.",
        ("detail", detail));

    public static ExchangeException Truncated(long bytes, string detail) => new(
        StatusCode.InvalidArgument,
        ErrorReason.BundleTruncated,
        $"The bundle isn't whole: {detail}, after {Text(bytes)} bytes. Nothing was changed. Copy it once more.",
        ("bytes", Text(bytes)),
        ("detail", detail));

    public static ExchangeException Tampered(string sender, string detail)
    {
        var shown = Shown(sender);
        return new ExchangeException(
            StatusCode.InvalidArgument,
            ErrorReason.BundleTampered,
            $"The bundle isn't what '{shown}' signed: {detail}. Nothing was changed. Fetch it once more; if that fails "
            + "too, compare the public keys of both nodes with those that the agreement names.",
            ("sender", shown),
            ("detail", detail));
    }

    public static ExchangeException TooLarge(string part, long length, long max) => new(
        StatusCode.InvalidArgument,
        ErrorReason.BundleTooLarge,
        $"The bundle's {part} has {Text(length)}; at most {Text(max)} are taken. Nothing was changed. Have the sender "
        + "make another.",
        ("part", part),
        ("bytes", Text(length)),
        ("max_bytes", Text(max)));

    public static ExchangeException NotForThisNode(string recipient, string node, string detail)
    {
        var shown = Shown(recipient);
        return new ExchangeException(
            StatusCode.PermissionDenied,
            ErrorReason.BundleNotForThisNode,
            $"The bundle is for '{shown}'{detail}, and this node is '{node}'. Nothing was changed. Carry it to its "
            + "recipient.",
            ("recipient", shown),
            ("node", node));
    }

    public static ExchangeException Gap(BundleHeader header, FeedCursor applied)
    {
        var (from, here) = (FeedCursors.Text(header.From), FeedCursors.Text(applied));
        return new ExchangeException(
            StatusCode.FailedPrecondition,
            ErrorReason.BundleGap,
            $"Bundle {Text(header.Number)} of '{header.Sender}' begins at {from}, but its feed is applied here only up "
            + $"to {here}. Nothing was changed. Ask '{header.Sender}' for a bundle from the start: 'exchange bundle "
            + $"export {header.Recipient} --from-start'.",
            ("sender", header.Sender),
            ("number", Text(header.Number)),
            ("from", from),
            ("applied", here));
    }

    /// <summary>A bundle is from another epoch of a node's feed than is known.</summary>
    public static ExchangeException ForeignEpoch(string node, string epoch, string known) => Outdated(
        node,
        epoch,
        known,
        $"it is about epoch {Shown(epoch)} of the feed of '{node}', and {known} is known here",
        "If one of the nodes was restored from a backup, let a session run; otherwise ask for a new bundle.");

    public static ExchangeException TooOld(BundleHeader header, int days) => Outdated(
        header.Sender,
        header.Epoch,
        "",
        $"it was made more than {Text(days)} days ago",
        $"Ask '{header.Sender}' for a new one.");

    public static ExchangeException Expired(BundleHeader header) => Outdated(
        header.Sender,
        header.Epoch,
        "",
        $"it was good until {header.ExpireTime.ToDateTimeOffset():u}",
        $"Ask '{header.Sender}' for a new one.");

    /// <summary>This node was restored and the partner hasn't given back yet what it holds.</summary>
    public static ExchangeException Restored(string partner, string epoch) => new(
        StatusCode.FailedPrecondition,
        ErrorReason.BundleOutdated,
        $"This node was restored from a backup, and '{partner}' hasn't yet given back what it holds. Let a session "
        + "with it run first.",
        ("node", partner),
        ("epoch", epoch),
        ("known", ""),
        ("detail", "this node was restored"));

    private static ExchangeException Outdated(string node, string epoch, string known, string detail, string advice) =>
        new(
            StatusCode.FailedPrecondition,
            ErrorReason.BundleOutdated,
            $"The bundle can't be taken: {detail}. Nothing was changed. {advice}",
            ("node", node),
            ("epoch", Shown(epoch)),
            ("known", known),
            ("detail", detail));

    // What stands in a file may be anything: only what looks like an id is repeated.
    private static string Shown(string id) => NodeIds.IsValid(id) ? id : "unnamed";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
