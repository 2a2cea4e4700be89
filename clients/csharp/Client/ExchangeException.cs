using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Exchange.Client;

/// <summary>A call or an item that failed. Messages of nodes hold no personal data; this package adds none.</summary>
public sealed class ExchangeException : Exception
{
    private ExchangeException(StatusCode code, string message, IEnumerable<Any> details, Exception? inner)
        : base($"{code}: {message}", inner)
    {
        Code = code;
        foreach (var detail in details)
        {
            if (detail.TryUnpack(out ErrorInfo info))
            {
                (Reason, Metadata) = (info.Reason, info.Metadata.ToDictionary());
            }
            else if (detail.TryUnpack(out BadRequest bad))
            {
                Violations = [.. bad.FieldViolations.Select(violation => (violation.Field, violation.Description))];
            }
            else if (detail.TryUnpack(out RetryInfo retry))
            {
                RetryDelay = retry.RetryDelay?.ToTimeSpan() ?? TimeSpan.Zero;
            }
        }
    }

    /// <summary>The gRPC status code.</summary>
    public StatusCode Code { get; }

    /// <summary>The name of an ErrorReason; empty when the node said none.</summary>
    public string Reason { get; } = "";

    /// <summary>What varies in the message.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    /// <summary>Bad fields with what to do.</summary>
    public IReadOnlyList<(string Field, string Description)> Violations { get; } = [];

    /// <summary>How long to wait before another try; zero when nothing is stated.</summary>
    public TimeSpan RetryDelay { get; }

    /// <summary>The error of an item's google.rpc.Status.</summary>
    public static ExchangeException Of(Google.Rpc.Status status) =>
        new((StatusCode)status.Code, status.Message, status.Details, null);

    /// <summary>The error of a call that failed.</summary>
    public static ExchangeException Of(RpcException exception)
    {
        var bytes = exception.Trailers.GetValueBytes("grpc-status-details-bin");
        var details = bytes is null ? [] : Google.Rpc.Status.Parser.ParseFrom(bytes).Details;

        // A line that breaks in the middle of a call shows as one of these, with the socket's exception inside.
        var cut = exception.StatusCode is StatusCode.Internal or StatusCode.Unknown or StatusCode.Cancelled
            && exception.Status.DebugException is IOException or HttpRequestException;
        return new(cut ? StatusCode.Unavailable : exception.StatusCode, exception.Status.Detail, details, exception);
    }
}
