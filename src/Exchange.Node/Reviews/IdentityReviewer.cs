using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Reviews;

/// <summary>Looks for findings about ID numbers once a minute, so that they are counted before anybody asks.</summary>
internal sealed partial class IdentityReviewer(
    IdentityReviews reviews, ILogger<IdentityReviewer> log, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await reviews.CatchUpAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is: nothing waits for a finding.
                Failed(exception);
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The search for findings about ID numbers failed; trying again in a minute")]
    private partial void Failed(Exception exception);
}
