using Exchange.Node.Records;
using Exchange.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Subjects;

/// <summary>Erases, once an hour, what erasures held apart and law needs no longer.</summary>
internal sealed partial class RetentionEnd(
    IRecordStore store, SubjectErasure erasure, ILogger<RetentionEnd> log, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Does it; returns how many records were erased.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var today = NodeIdentity.Today(time);
        var count = 0;
        await foreach (var entry in store.ReadAllEntriesAsync(ErasureRow.Collection, default, cancellationToken))
        {
            var row = ErasureRow.Read(entry.Value.Span);
            if (row.Retained.Any(retained => retained.Until < today))
            {
                var subject = ErasureRow.Subject(entry.Key.Span);

                // Reason and deadline stay those of the erasure.
                var done = await erasure.EraseAsync(
                    subject, row.Reason, TimeSpan.Zero, withHouseholds: false, cancellationToken);
                count += done.Erased;
            }
        }

        if (count > 0)
        {
            Erased(count);
        }

        return count;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is: it is tried again, and nobody can read them meanwhile.
                Failed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(1, LogLevel.Information,
        "{Records} records of erased persons were kept by law for as long as it says, and are erased now")]
    private partial void Erased(int records);

    [LoggerMessage(2, LogLevel.Warning, "Records whose retention is over could not be erased; trying again in an hour")]
    private partial void Failed(Exception exception);
}
