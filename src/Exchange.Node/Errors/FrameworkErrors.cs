using System.Globalization;
using Exchange.Node.Hosting;
using Exchange.V1;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
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

    private static readonly object Handled = new();

    /// <summary>Notes that a call's request was read: what fails from then on isn't the caller's fault.</summary>
    public static void NoteHandled(HttpContext context) => context.Items[Handled] = Handled;

    /// <summary>Whether the answer to a call has ended, so that nobody is told anything more.</summary>
    public static bool HasEnded(HttpContext context) =>
        context.Features.Get<IHttpResponseTrailersFeature>() is { Trailers.IsReadOnly: true };

    /// <summary>The error of a call whose bytes aren't messages of its method.</summary>
    public static ExchangeException Unreadable(string method) => new(
        StatusCode.InvalidArgument,
        ErrorReason.CallUnreadable,
        "What was sent isn't a message of this method. Mend the client.",
        ("method", method));

    /// <summary>The error of a message that is larger than the node takes.</summary>
    public static ExchangeException TooLarge() => new(
        StatusCode.ResourceExhausted,
        ErrorReason.MessageTooLarge,
        "A message is larger than this node takes. Send less at a time.",
        ("max_bytes", MessageSizes.MaxBytes.ToString(CultureInfo.InvariantCulture)));

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
        if (trailers.IsReadOnly
            || !trailers.TryGetValue(StatusTrailer, out var code)
            || trailers.ContainsKey(ErrorStatus.DetailsTrailer)
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number == (int)StatusCode.OK)
        {
            return;
        }

        var message = trailers.TryGetValue(MessageTrailer, out var text) ? Uri.UnescapeDataString(text.ToString()) : "";
        var error = ErrorOf(context, (StatusCode)number, message);
        var details = Convert.ToBase64String(ErrorStatus.ToStatus(error).ToByteArray());
        try
        {
            if ((int)error.Code != number)
            {
                trailers[StatusTrailer] = ((int)error.Code).ToString(CultureInfo.InvariantCulture);
                trailers[MessageTrailer] = Uri.EscapeDataString(error.Message);
            }

            trailers[ErrorStatus.DetailsTrailer] = new StringValues(details);
        }
        catch (InvalidOperationException) when (trailers.IsReadOnly)
        {
            // A deadline that passed meanwhile has sent them, with what there was.
        }
    }

    private static ExchangeException ErrorOf(HttpContext context, StatusCode code, string message)
    {
        var method = context.Request.Path.Value ?? "";
        return code switch
        {
            // A method that is there was called with a compression that isn't.
            StatusCode.Unimplemented when context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>() is null =>
                new(code, ErrorReason.MethodUnknown, message, ("method", method)),
            StatusCode.ResourceExhausted => TooLarge(),
            StatusCode.DeadlineExceeded => new(code, ErrorReason.DeadlineExceeded, message),
            StatusCode.Cancelled => new(code, ErrorReason.CallCancelled, message),
            StatusCode.Unknown when context.Items.ContainsKey(Handled) => new(
                StatusCode.Internal, ErrorReason.Internal, "A fault of this node: it couldn't write its answer."),

            // The framework's word for bytes that it can't make a message of; the fault is the caller's.
            StatusCode.Unknown => Unreadable(method),
            StatusCode.Internal => new(
                StatusCode.InvalidArgument, ErrorReason.CallUnreadable, message, ("method", method)),
            _ => new(code, ErrorReason.CallUnreadable, message, ("method", method)),
        };
    }
}
