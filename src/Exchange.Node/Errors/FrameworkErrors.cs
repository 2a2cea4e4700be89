using System.Globalization;
using Exchange.Node.Hosting;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Exchange.Node.Errors;

/// <summary>
/// Gives the failures that the gRPC framework makes by itself the details that all others have: an unknown method, a
/// message that is too large or can't be read, a deadline.
/// </summary>
internal static class FrameworkErrors
{
    private const string StatusTrailer = "grpc-status";
    private const string MessageTrailer = "grpc-message";

    /// <summary>A step of the request pipeline, around all services.</summary>
    public static async Task AddDetailsAsync(HttpContext context, RequestDelegate next)
    {
        // A call that fails before its first message has its status in the headers, any other in the trailers.
        context.Response.OnStarting(
            static state =>
            {
                var call = (HttpContext)state;
                AddDetails(call, call.Response.Headers);
                return Task.CompletedTask;
            },
            context);
        await next(context);
        if (context.Response.HasStarted
            && context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers is { IsReadOnly: false } trailers)
        {
            AddDetails(context, trailers);
        }
    }

    private static void AddDetails(HttpContext context, IHeaderDictionary trailers)
    {
        if (!trailers.TryGetValue(StatusTrailer, out var code)
            || trailers.ContainsKey(ErrorStatus.DetailsTrailer)
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == (int)StatusCode.OK)
        {
            return;
        }

        var message = trailers.TryGetValue(MessageTrailer, out var text) ? Uri.UnescapeDataString(text.ToString()) : "";
        var status = ErrorStatus.ToStatus(ErrorOf((StatusCode)number, message, context.Request.Path.Value ?? ""));
        trailers[ErrorStatus.DetailsTrailer] = new StringValues(Convert.ToBase64String(status.ToByteArray()));
    }

    private static ExchangeException ErrorOf(StatusCode code, string message, string method) => code switch
    {
        StatusCode.Unimplemented => new(code, ErrorReason.MethodUnknown, message, ("method", method)),
        StatusCode.ResourceExhausted => new(
            code,
            ErrorReason.MessageTooLarge,
            message,
            ("max_bytes", MessageSizes.MaxBytes.ToString(CultureInfo.InvariantCulture))),
        StatusCode.DeadlineExceeded => new(code, ErrorReason.DeadlineExceeded, message),
        StatusCode.Cancelled => new(code, ErrorReason.CallCancelled, message),
        _ => new(code, ErrorReason.CallUnreadable, message, ("method", method)),
    };
}
