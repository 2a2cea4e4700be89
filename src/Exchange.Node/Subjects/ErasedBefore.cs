using System.Buffers.Binary;
using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Subjects;

/// <summary>
/// At a start, finishes erasures that a crash cut short, and erases again whom a restored backup brought back: the key
/// store knows since when their keys are gone, and nobody can read the records.
/// </summary>
internal sealed partial class ErasedBefore(
    IRecordStore store,
    DataKeys keys,
    RecordCodec codec,
    SubjectRecords subjects,
    KeyRetirements retirements,
    SubjectErasure erasure,
    ILogger<ErasedBefore> log) : BackgroundService
{
    /// <summary>The entry of how many destructions this database knows of.</summary>
    public const string Collection = "key-store";

    private const string Reason = "erased before; a restored backup held the records still";

    private static readonly byte[] SeenKey = Encoding.ASCII.GetBytes("destroyed");
    private static readonly TimeSpan Deadline = TimeSpan.FromDays(15);

    /// <summary>Does it; returns how many persons were erased again.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await retirements.RunAsync(cancellationToken);
        var found = await store.GetEntriesAsync(Collection, [SeenKey], cancellationToken);
        var seen = found[0] is { } bytes ? BinaryPrimitives.ReadUInt64BigEndian(bytes.Span) : 0;
        if (await keys.Store.LastDestroyedAsync(cancellationToken) < seen)
        {
            await DestroyAgainAsync(cancellationToken);
            seen = 0;
        }

        var erased = 0;
        while (await keys.Store.DestroyedAsync(seen, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var id in page.Select(row => row.Id).Distinct())
            {
                erased += await EraseAsync(id, cancellationToken) ? 1 : 0;
            }

            seen = page[^1].Number;
            var value = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(value, seen);
            await store.CommitAsync(
                new Commit { Entries = [new EntryWrite(Collection, SeenKey, value)] }, cancellationToken);
        }

        if (erased > 0)
        {
            ErasedAgain(erased);
        }

        return erased;
    }

    // The key store is older than the database: it was restored, and has keys again that erasures had destroyed.
    private async Task DestroyAgainAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var row in store.ReadAllEntriesAsync(ErasureRow.Collection, default, cancellationToken))
        {
            var erased = ErasureRow.Read(row.Value.Span).Records.Select(record => record.Id);
            foreach (var id in erased.Append(ErasureRow.Subject(row.Key.Span)).Distinct())
            {
                count += await retirements.QueueAsync(id, cancellationToken) ? 1 : 0;
            }
        }

        await retirements.RunAsync(cancellationToken);
        DestroyedAgain(count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is StoreException)
        {
            // The records can't be read meanwhile; the next start tries again.
            Failed(exception);
        }
    }

    private async Task<bool> EraseAsync(Guid id, CancellationToken cancellationToken)
    {
        var held = await subjects.FindAsync(id, cancellationToken);
        if (!held.Own.Any(record => IsDestroyed(record.Stored)))
        {
            return false;
        }

        await erasure.EraseAsync(id, Reason, Deadline, withHouseholds: false, cancellationToken);
        return true;
    }

    private bool IsDestroyed(StoredRecord stored)
    {
        try
        {
            codec.Payload(stored);
            return false;
        }
        catch (KeyDestroyedException)
        {
            return true;
        }
    }

    [LoggerMessage(1, LogLevel.Warning,
        "A restored backup brought back {Persons} persons who were erased since it was taken. Their keys are gone, so "
        + "that nobody could read them; they were erased again")]
    private partial void ErasedAgain(int persons);

    [LoggerMessage(3, LogLevel.Warning,
        "The key store is older than the database and had keys of {Persons} erased persons; they were destroyed again")]
    private partial void DestroyedAgain(int persons);

    [LoggerMessage(2, LogLevel.Error, "Erasures of before the restore could not be repeated; restart the node")]
    private partial void Failed(Exception exception);
}
