using System.Globalization;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Store;
using Exchange.V1;
using Grpc.Core;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Trust;

/// <summary>
/// Renews the master key while the node serves, and on demand the data keys with all that is sealed under them. Each
/// page is durable with its place, so that whatever ends the process, the next start goes on there. Old data keys stay,
/// since backups are sealed under them, until an erasure destroys them.
/// </summary>
internal sealed partial class KeyRotation(
    IRecordStore store,
    DataKeys keys,
    RecordCodec codec,
    SealedEntries entries,
    TimeProvider time,
    ILogger<KeyRotation> log) : BackgroundService
{
    private const int PageSize = 500;

    private readonly SemaphoreSlim _begin = new(0);
    private readonly SemaphoreSlim _starting = new(1);

    /// <summary>How far the last rotation is; null when there never was one.</summary>
    public Task<RotationState?> StateAsync(CancellationToken cancellationToken) =>
        keys.Store.RotationAsync(cancellationToken);

    /// <summary>Begins a rotation; it goes on by itself.</summary>
    /// <exception cref="ExchangeException">One is under way.</exception>
    public async Task<RotationState> BeginAsync(bool withPayloads, CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken);
        try
        {
            if (await StateAsync(cancellationToken) is { Step: not RotationStep.Done } running)
            {
                throw new ExchangeException(
                    StatusCode.FailedPrecondition,
                    ErrorReason.KeyRotationRunning,
                    $"A rotation that began at {running.Started:u} is under way. Wait for its end, which "
                    + "'exchange keys status' shows.",
                    ("started", running.Started.ToString("O", CultureInfo.InvariantCulture)));
            }

            var state = new RotationState
            {
                Master = keys.Store.Masters.Current + 1,
                WithPayloads = withPayloads,
                Started = time.GetUtcNow(),
            };
            await keys.Store.NoteAsync(state, cancellationToken);
            _begin.Release();
            return state;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Goes on with what is begun until it is over; returns at once when nothing is.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await StateAsync(cancellationToken) is { Step: not RotationStep.Done } state)
        {
            await (state.Step switch
            {
                RotationStep.Wrap => WrapAsync(state, cancellationToken),
                RotationStep.Renew => RenewAsync(state, cancellationToken),
                RotationStep.Records => SealRecordsAsync(state, cancellationToken),
                _ => SealEntriesAsync(state, cancellationToken),
            });
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _begin.Dispose();
        _starting.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Failed(exception);
            }

            await _begin.WaitAsync(stoppingToken);
        }
    }

    private async Task WrapAsync(RotationState state, CancellationToken cancellationToken)
    {
        var masters = keys.Store.Masters;
        if (masters.Current < state.Master)
        {
            masters.AddVersion(time);
        }

        (state, _) = await keys.Store.ChangePageAsync(
            state,
            (id, bytes) => DataKeySet.IsUnder(masters.Current, bytes.Span)
                ? null
                : DataKeySet.Unwrap(id, bytes.Span, masters),
            (before, count) => before with { Wrapped = before.Wrapped + count },
            cancellationToken);
        if (state.Cursor.Length == 0)
        {
            // Nothing is under the old one any more, neither in the entries nor in what the files held of them.
            await keys.Store.ScrubAsync(cancellationToken);
            masters.DropOld();
            await EndAsync(state, state.WithPayloads ? RotationStep.Renew : RotationStep.Done, cancellationToken);
        }
    }

    private async Task RenewAsync(RotationState state, CancellationToken cancellationToken)
    {
        (state, var renewed) = await keys.Store.ChangePageAsync(
            state,
            (id, bytes) => DataKeySet.Unwrap(id, bytes.Span, keys.Store.Masters) is { Keys.Count: > 0 } set
                ? keys.Renew(set)
                : null,
            (before, count) => before with { Renewed = before.Renewed + count },
            cancellationToken);
        keys.Forget(renewed);
        if (state.Cursor.Length == 0)
        {
            await EndAsync(state, RotationStep.Records, cancellationToken);
        }
    }

    private async Task SealRecordsAsync(RotationState state, CancellationToken cancellationToken)
    {
        // Tombstones that were dropped on the way don't matter: there is nothing sealed in them.
        var after = state.Cursor.Length == 0 ? 0 : BitConverter.ToInt64(state.Cursor);
        var page = await store.ReadFeedAsync(new FeedPosition(after, long.MaxValue), PageSize, cancellationToken);
        codec.Prepare(page.Records);
        var replacements = page.Records.Select(Replacement).OfType<PayloadReplacement>().ToList();
        if (replacements.Count > 0)
        {
            await store.CommitAsync(new Commit { Replacements = replacements }, cancellationToken);
        }

        state = state with
        {
            Cursor = BitConverter.GetBytes(page.Next.Value),
            Sealed = state.Sealed + replacements.Count,
        };
        await (page.AtHead
            ? EndAsync(state, RotationStep.Entries, cancellationToken)
            : keys.Store.NoteAsync(state, cancellationToken));
    }

    private async Task SealEntriesAsync(RotationState state, CancellationToken cancellationToken)
    {
        var count = await entries.SealAnewAsync(IsOld, cancellationToken);
        await store.ScrubAsync(cancellationToken);
        await EndAsync(state with { Sealed = state.Sealed + count }, RotationStep.Done, cancellationToken);
    }

    private PayloadReplacement? Replacement(StoredRecord record)
    {
        if (!DataKeys.IsSealed(record.Payload.Span) || !IsOld(SealedUnder.Read(record.Payload.Span)))
        {
            return null;
        }

        try
        {
            var id = codec.SealedBy(record.Key, RecordCodec.Envelope(record));
            return new(record.Key, record.Payload, keys.Reseal(id, record.Key, record.Payload.Span));
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            // Nobody can read it; a check of the register says so.
            return null;
        }
    }

    private bool IsOld(SealedUnder? under) => under is not { } key || key.Generation < keys.Newest(key.Id);

    private async Task EndAsync(RotationState state, RotationStep next, CancellationToken cancellationToken)
    {
        var isOver = next == RotationStep.Done;
        await keys.Store.NoteAsync(
            state with { Step = next, Cursor = [], Ended = isOver ? time.GetUtcNow() : null }, cancellationToken);
        if (isOver)
        {
            Done(state.Master, state.Wrapped, state.Renewed, state.Sealed);
        }
    }

    [LoggerMessage(1, LogLevel.Information,
        "Keys were rotated: master key {Master}, {Wrapped} wrapped anew, {Renewed} renewed, {Sealed} payloads sealed "
        + "anew")]
    private partial void Done(uint master, long wrapped, long renewed, long @sealed);

    [LoggerMessage(2, LogLevel.Error, "The rotation of keys stopped; it goes on at the next start or rotation")]
    private partial void Failed(Exception exception);
}
