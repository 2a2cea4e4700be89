using System.Text.RegularExpressions;
using Exchange.Node.Errors;
using Exchange.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http;

namespace Exchange.Node.Access;

/// <summary>
/// Asks every unary call for a deadline. Without one a caller waits for good for an answer that was lost, and the node
/// works for callers that are gone. The door for JSON has a time of its own, because HTTP has no deadlines.
/// </summary>
internal static partial class CallDeadlines
{
    private const string Header = "grpc-timeout";

    // Health and reflection are called by tools that nobody can teach.
    private const string Standard = "/grpc.";

    /// <summary>A step of the request pipeline, behind those that know the caller.</summary>
    public static Task RequireAsync(HttpContext context, RequestDelegate next) =>
        IsAsked(context) && !Timeout().IsMatch(context.Request.Headers[Header].ToString())
            ? AccessRefusals.AnswerAsync(context, new ExchangeException(
                StatusCode.InvalidArgument,
                ErrorReason.DeadlineRequired,
                "This call needs a deadline. Set one in the client; 30 seconds do for most calls.",
                ("method", context.Request.Path.ToString())))
            : next(context);

    private static bool IsAsked(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type is MethodType.Unary
        && AccessRefusals.IsGrpc(context.Request)
        && context.Request.Path.Value?.StartsWith(Standard, StringComparison.Ordinal) != true;

    // As gRPC writes it: at most eight digits and a unit.
    [GeneratedRegex("^[0-9]{1,8}[HMSmun]$")]
    private static partial Regex Timeout();
}
