using Exchange.Node.Errors;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Status = Google.Rpc.Status;

namespace Exchange.Node.JsonDoor;

/// <summary>Answers over HTTP/1.1: a message, or a <c>google.rpc.Status</c> with the status code that fits.</summary>
internal static class JsonAnswers
{
    private const string Json = "application/json; charset=utf-8";

    /// <summary>Writes the one answer of a call.</summary>
    public static Task WriteAsync(HttpContext http, IMessage message)
    {
        http.Response.ContentType = Json;
        return http.Response.WriteAsync(ContractJson.Line(message), CancellationToken.None);
    }

    /// <summary>Writes why a call failed.</summary>
    public static Task FailAsync(HttpContext http, Status status)
    {
        http.Response.StatusCode = CodeOf((StatusCode)status.Code);
        if (status.Code == (int)StatusCode.Unauthenticated)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return WriteAsync(http, status);
    }

    /// <summary>The status of an exception that the interceptors let through.</summary>
    public static Status StatusOf(RpcException exception) =>
        exception.Trailers.GetValueBytes(ErrorStatus.DetailsTrailer) is { } details
            ? Status.Parser.ParseFrom(details)
            : new Status { Code = (int)exception.StatusCode, Message = exception.Status.Detail };

    // As google.rpc.Code says of each.
    private static int CodeOf(StatusCode code) => code switch
    {
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange =>
            StatusCodes.Status400BadRequest,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.Aborted or StatusCode.AlreadyExists => StatusCodes.Status409Conflict,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status500InternalServerError,
    };
}
