using Exchange.Node.Records;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Node.Errors;

/// <summary>
/// A failure that a caller can act on: a status, a reason, and what varies in it. Never holds personal data.
/// </summary>
internal sealed class ExchangeException(
    StatusCode code, ErrorReason reason, string message, params (string Key, string Value)[] metadata)
    : Exception(message)
{
    public StatusCode Code { get; } = code;

    public ErrorReason Reason { get; } = reason;

    /// <summary>What varies in the message, for programs.</summary>
    public IReadOnlyList<(string Key, string Value)> Metadata { get; } = metadata;

    /// <summary>Every bad field of the request, for INVALID_ARGUMENT.</summary>
    public IReadOnlyList<FieldViolation> Violations { get; private init; } = [];

    /// <summary>How long to wait before trying again; null for what time doesn't mend.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A request with bad fields.</summary>
    public static ExchangeException Invalid(IReadOnlyList<FieldViolation> violations) =>
        new(StatusCode.InvalidArgument, ErrorReason.FieldInvalid, Text(violations), ("field", violations[0].Field))
        {
            Violations = violations,
        };

    /// <summary>A request with one bad field.</summary>
    public static ExchangeException Invalid(string field, string description) =>
        Invalid([new FieldViolation(field, description)]);

    /// <summary>No record of that kind has that id. What may be the name of somebody isn't repeated.</summary>
    public static ExchangeException NotFound(string kind, string id) =>
        new(
            StatusCode.NotFound,
            ErrorReason.RecordNotFound,
            $"No {Named(kind, "record")} has the id '{Named(id, "that was sent")}'.",
            ("kind", Named(kind, "")),
            ("id", Named(id, "")));

    /// <summary>What a caller named, unless it may be the name of somebody.</summary>
    public static string Named(string text, string otherwise) =>
        text.All(letter => letter is >= ' ' and <= '~') ? text : otherwise;

    private static string Text(IReadOnlyList<FieldViolation> violations) =>
        string.Join(" ", violations.Take(10).Select(v => $"{v.Field}: {v.Description}"))
        + (violations.Count > 10 ? $" And {violations.Count - 10} more." : "");
}
