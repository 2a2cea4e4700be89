using System.Buffers.Binary;
using Exchange.Node.Outages;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Hosting;

/// <summary>
/// Forgets what has expired, once an hour: request ids and publishing streams after 35 days, tombstones after 400 days
/// and every partner's acknowledgement.
/// </summary>
internal sealed partial class Housekeeping(
    IRecordStore store,
    PutStream streams,
    SyncPeers peers,
    ISyncFlows flows,
    OutageBook outages,
    ILogger<Housekeeping> log,
    TimeProvider time)
    : BackgroundService
{
    private const int PageSize = 1000;

    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>How long answers, undo entries and request ids are kept.</summary>
    public static TimeSpan Memory { get; } = TimeSpan.FromDays(35);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                await RenewStreamsAsync(stoppingToken);
                var forgotten = await ForgetStreamsAsync(stoppingToken);

                var dropped = await DropTombstonesAsync(stoppingToken);
                await outages.ForgetAsync(time.GetUtcNow() - PartnerRetention.Span, stoppingToken);
                await store.ScrubAsync(stoppingToken);
                Done(forgotten, dropped);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // Whatever it is: a node that can't tidy up goes on serving.
                Failed(exception);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>
    /// Drops tombstones that every partner acknowledged and that are old enough; returns how many. One partner that is
    /// away keeps all that it hasn't read, and everything that it was asked to give back and hasn't, until it is given
    /// up; an erasure that it owes keeps all for good.
    /// </summary>
    public async Task<long> DropTombstonesAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var upTo = (await store.GetStatusAsync(cancellationToken)).Head;
        foreach (var peer in peers.All)
        {
            var flow = await flows.StatusAsync(peer.Node, cancellationToken);
            var acknowledged = flow.Retractions.Open == 0 ? new FeedPosition(flow.Acknowledged) : FeedPosition.Start;
            if (acknowledged < upTo
                && (flow.Retractions.Dated > 0
                    || await PartnerRetention.IsAwaitedAsync(store, outages, peer.Node, now, cancellationToken)))
            {
                upTo = acknowledged;
            }
        }

        return await store.PurgeAsync(upTo, now - PartnerRetention.Span, cancellationToken);
    }

    /// <summary>Notes which publishing streams are open now, however long ago each was opened.</summary>
    public async Task RenewStreamsAsync(CancellationToken cancellationToken)
    {
        var now = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(now, time.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var stream in streams.Open)
        {
            var entry = new EntryWrite(PutScope.Used, stream.StreamKey, now);
            await store.CommitAsync(new Commit { Entries = [entry] }, cancellationToken);
        }
    }

    /// <summary>
    /// Forgets publishing streams that nobody had open for 35 days, and unary requests as old; returns how many.
    /// </summary>
    public async Task<int> ForgetStreamsAsync(CancellationToken cancellationToken)
    {
        var oldest = time.GetUtcNow() - Memory;
        var forgotten = 0;
        await foreach (var entry in store.ReadAllEntriesAsync(PutScope.Streams, default, cancellationToken))
        {
            if (PutScope.TimeOf(entry.Value.Span) < oldest
                && (await LastSeenAsync(entry, cancellationToken) is not { } seen || seen < oldest))
            {
                await ForgetAsync(entry, cancellationToken);
                forgotten++;
            }
        }

        return forgotten;
    }

    private async Task<DateTimeOffset?> LastSeenAsync(Entry stream, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(PutScope.Used, [stream.Key], cancellationToken);
        return found[0] is { } seen
            ? DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(seen.Span))
            : null;
    }

    private async Task ForgetAsync(Entry stream, CancellationToken cancellationToken)
    {
        byte[] prefix = [.. stream.Key.Span, 0];
        foreach (var collection in new[] { PutScope.Answers, PutScope.Undo, StreamUndo.Undone })
        {
            IReadOnlyList<Entry> page;
            do
            {
                page = await store.ReadEntriesAsync(collection, prefix, default, PageSize, cancellationToken);
                if (page.Count > 0)
                {
                    var drops = page.Select(entry => EntryWrite.Delete(collection, entry.Key)).ToList();
                    await store.CommitAsync(new Commit { Entries = drops }, cancellationToken);
                }
            }
            while (page.Count == PageSize);
        }

        // Last, and only if nobody opened it meanwhile: a stream without this entry would never be looked at again.
        EntryWrite[] last =
        [
            EntryWrite.Delete(PutScope.Used, stream.Key),
            EntryWrite.Delete(PutScope.Placements, stream.Key),
            EntryWrite.Delete(PutScope.Streams, stream.Key, new EntryExpectation(stream.Value)),
        ];
        await store.CommitAsync(new Commit { Entries = last }, cancellationToken);
    }

    [LoggerMessage(1, LogLevel.Debug,
        "Housekeeping forgot {Streams} publishing streams and dropped {Tombstones} tombstones")]
    private partial void Done(int streams, long tombstones);

    [LoggerMessage(2, LogLevel.Warning, "Housekeeping failed; trying again in an hour")]
    private partial void Failed(Exception exception);
}
