using System.Threading.RateLimiting;
using Exchange.Node.Errors;
using Exchange.V1;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>How many calls a second, and how many streams at a time, one caller may have.</summary>
internal sealed class CallLimits(IOptions<AccessOptions> access) : IConfigureOptions<RateLimiterOptions>
{
    // Little by little, so that a caller at its limit is served evenly and not once a second.
    private const int PeriodsASecond = 10;

    private static readonly TimeSpan StreamWait = TimeSpan.FromSeconds(1);

    public void Configure(RateLimiterOptions options)
    {
        options.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(RatePartition),
            PartitionedRateLimiter.Create<HttpContext, string>(StreamPartition));
        options.OnRejected = (rejected, _) =>
        {
            var isRate = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
            return new ValueTask(AccessRefusals.AnswerAsync(
                rejected.HttpContext, isRate ? TooMany("calls", wait) : TooMany("streams", StreamWait)));
        };
    }

    /// <summary>The error of a caller that must wait.</summary>
    public static ExchangeException TooMany(string what, TimeSpan wait) => new(
        StatusCode.ResourceExhausted,
        ErrorReason.RateLimited,
        $"Too many {what}. Wait {Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))} s, and call less often.",
        ("limit", what))
    {
        RetryAfter = wait,
    };

    private RateLimitPartition<string> RatePartition(HttpContext context)
    {
        var limits = access.Value;
        return NameOf(context) is { } name
            ? RateLimitPartition.GetTokenBucketLimiter(name, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = limits.CallBurst,
                TokensPerPeriod = Math.Max(1, limits.CallsPerSecond / PeriodsASecond),
                ReplenishmentPeriod = limits.CallsPerSecond < PeriodsASecond
                    ? TimeSpan.FromSeconds(1.0 / limits.CallsPerSecond)
                    : TimeSpan.FromSeconds(1.0 / PeriodsASecond),
                QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter("");
    }

    private RateLimitPartition<string> StreamPartition(HttpContext context) =>
        NameOf(context) is { } name && IsStream(context)
            ? RateLimitPartition.GetConcurrencyLimiter(name, _ => new ConcurrencyLimiterOptions
            {
                PermitLimit = access.Value.OpenStreams,
                QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter("");

    // A stranger may only ask for the node's health and for what is public; by address, because it has no name.
    private static string? NameOf(HttpContext context)
    {
        var caller = Caller.Of(context.User);
        return caller.Credential is not null ? caller.Name
            : ReferenceEquals(caller, Caller.Nobody) && IsOpen(context)
                ? context.Connection.RemoteIpAddress?.ToString() ?? "?"
            : null;
    }

    // By gRPC, or by an address of the door for JSON that is marked so. Calls between nodes show who they are later.
    private static bool IsOpen(HttpContext context) =>
        PermissionTable.IsOpen(context.Request.Path)
        || (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null
            && !PermissionTable.IsForPartners(context.Request.Path));

    private static bool IsStream(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type is { } type
        && type != MethodType.Unary;
}
