using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Access;

/// <summary>
/// Counts wrong credentials by address, so that whoever tries one after the other is told to wait and fills no log. A
/// good credential from the same address is let in all the same: many may share it.
/// </summary>
internal sealed class FailedLogins : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly PartitionedRateLimiter<string> _limits;

    public FailedLogins(IOptions<AccessOptions> options)
    {
        var most = options.Value.FailedLoginsPerMinute;
        _limits = PartitionedRateLimiter.Create<string, string>(address => RateLimitPartition.GetTokenBucketLimiter(
            address,
            _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = most,
                TokensPerPeriod = most,
                ReplenishmentPeriod = Period,
                QueueLimit = 0,
            }));
    }

    /// <summary>Counts one; returns how long the address must wait when there were too many.</summary>
    public TimeSpan? Note(string address)
    {
        using var lease = _limits.AttemptAcquire(address);
        return lease.IsAcquired ? null : Period;
    }

    public void Dispose() => _limits.Dispose();
}
