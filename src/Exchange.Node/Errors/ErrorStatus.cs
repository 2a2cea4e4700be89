using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using RecordVersion = Exchange.Store.RecordVersion;
using Status = Google.Rpc.Status;

namespace Exchange.Node.Errors;

/// <summary>Turns failures into google.rpc.Status, for the trailers of a call and for the answers of items.</summary>
internal static class ErrorStatus
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "exchange.example.org";

    /// <summary>The trailer that carries a serialized google.rpc.Status.</summary>
    public const string DetailsTrailer = "grpc-status-details-bin";

    private static readonly EnumDescriptor Reasons =
        ErrorReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(ErrorReason));

    /// <summary>Translates every failure that a caller can act on; null for a fault of this node.</summary>
    public static ExchangeException? Translate(Exception exception) => exception switch
    {
        ExchangeException e => e,
        VersionConflictException e => new(
            StatusCode.Aborted,
            ErrorReason.VersionConflict,
            e.Message,
            ("kind", e.Key.Kind),
            ("id", e.Key.Id.ToString()),
            ("expected", Text(e.Expected)),
            ("actual", Text(e.Actual))),
        DuplicateKeyException e => new(
            StatusCode.AlreadyExists,
            ErrorReason.DuplicateKey,
            e.Message,
            ("kind", e.Key.Kind),
            ("index", e.Index),
            ("existing_id", e.Existing.Id.ToString())),
        RequestIdReusedException e => new(
            StatusCode.Aborted, ErrorReason.RequestIdReused, e.Message, ("request_id", e.RequestId)),
        FeedTrimmedException e => new(
            StatusCode.OutOfRange,
            ErrorReason.ResumeTokenExpired,
            "Removals behind the resume token have been dropped. Watch again without a token.",
            ("floor", Text(e.Floor.Value))),
        DamagedRecordException e => new(
            StatusCode.DataLoss,
            ErrorReason.RecordDamaged,
            e.Message,
            ("kind", e.Key.Kind),
            ("id", e.Key.Id.ToString())),
        StoreUnavailableException => new(
            StatusCode.Unavailable,
            ErrorReason.StoreUnavailable,
            "The store didn't answer, and whether a write happened isn't known. Retry with the same request id."),
        _ => null,
    };

    public static Status ToStatus(ExchangeException exception)
    {
        var info = new ErrorInfo { Reason = WireName(exception.Reason), Domain = Domain };
        foreach (var (key, value) in exception.Metadata)
        {
            info.Metadata[key] = ErrorText.Short(value, ErrorText.ValueBytes);
        }

        var status = new Status
        {
            Code = (int)exception.Code,
            Message = ErrorText.Short(exception.Message, ErrorText.MessageBytes),
        };
        status.Details.Add(Any.Pack(info));
        if (exception.Violations.Count > 0)
        {
            status.Details.Add(Any.Pack(BadFields(exception.Violations)));
        }

        if (exception.RetryAfter is { } wait)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = wait.ToDuration() }));
        }

        return status;
    }

    // The first is always there, and of the others as many as fit.
    private static BadRequest BadFields(IReadOnlyList<FieldViolation> violations)
    {
        var bad = new BadRequest();
        var bytes = 0;
        foreach (var violation in violations)
        {
            var told = new BadRequest.Types.FieldViolation
            {
                Field = ErrorText.Short(violation.Field, ErrorText.ValueBytes),
                Description = ErrorText.Short(violation.Description, ErrorText.ValueBytes),
            };
            bytes += told.CalculateSize();
            if (bytes > ErrorText.ViolationsBytes)
            {
                break;
            }

            bad.FieldViolations.Add(told);
        }

        return bad;
    }

    public static RpcException ToRpc(ExchangeException exception) => ToRpc(ToStatus(exception));

    /// <summary>Fails a unary call with the status that an item was answered with.</summary>
    public static RpcException ToRpc(Status status)
    {
        var trailers = new Metadata { { DetailsTrailer, status.ToByteArray() } };
        return new RpcException(new Grpc.Core.Status((StatusCode)status.Code, status.Message), trailers);
    }

    /// <summary>The reason's name in the proto file: what every other language knows, unlike the C# name.</summary>
    public static string WireName(ErrorReason reason) => Reasons.FindValueByNumber((int)reason).Name;

    private static string Text(RecordVersion? version) => version is { } known ? Etag.Format(known) : "";

    private static string Text(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
