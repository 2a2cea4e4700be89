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
            PartitionedRateLimiter.Create<HttpContext, string>(OpenPartition));
        options.OnRejected = (rejected, _) =>
        {
            var isRate = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
            return new ValueTask(AccessRefusals.AnswerAsync(
                rejected.HttpContext, isRate ? TooMany("calls", wait)
                    : TooMany(IsStream(rejected.HttpContext) ? "streams" : "calls at a time", StreamWait)));
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

    private RateLimitPartition<string> OpenPartition(HttpContext context)
    {
        var limits = access.Value;
        return NameOf(context) is not { } name ? RateLimitPartition.GetNoLimiter("")
            : IsStream(context) ? RateLimitPartition.GetConcurrencyLimiter($"{name} streams", _ =>
                new ConcurrencyLimiterOptions { PermitLimit = limits.OpenStreams, QueueLimit = 0 })
            : RateLimitPartition.GetConcurrencyLimiter($"{name} calls", _ =>
                new ConcurrencyLimiterOptions { PermitLimit = limits.OpenCalls, QueueLimit = limits.OpenCalls });
    }

    // Strangers ask for the node's health and for what is public, and partners' nodes show a certificate that only what
    // they call looks at: by address, because they have no name here.
    private static string? NameOf(HttpContext context)
    {
        var caller = Caller.Of(context.User);
        return caller.Credential is not null ? caller.Name
            : ReferenceEquals(caller, Caller.Nobody) && IsOpen(context)
                ? context.Connection.RemoteIpAddress?.ToString() ?? "?"
            : null;
    }

    // By gRPC, or by an address of the door for JSON that is marked so.
    private static bool IsOpen(HttpContext context) =>
        PermissionTable.IsOpen(context.Request.Path)
        || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;

    private static bool IsStream(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type is { } type
        && type != MethodType.Unary;
}
