using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Bundles;

/// <summary>Makes a bundle of all that a session would give to a partner now.</summary>
internal sealed partial class BundleExport(
    BundleDesk desk,
    BundleNumbers numbers,
    SyncFlows flows,
    PeerStates states,
    TimeProvider time,
    ILogger<BundleExport> log)
{
    /// <summary>Makes a bundle and writes it as it is made.</summary>
    /// <param name="node">The partner.</param>
    /// <param name="fromStart">Everything, whatever the partner has confirmed.</param>
    /// <param name="write">
    /// Takes the header, how many changes there are so far, and the next bytes, which are good only until it returns.
    /// </param>
    /// <param name="cancellationToken">Gives up; the bundle is then incomplete.</param>
    /// <returns>The footer.</returns>
    /// <exception cref="ExchangeException">None can be made.</exception>
    public async Task<BundleFooter> RunAsync(
        string node,
        bool fromStart,
        Func<BundleHeader, ulong, ReadOnlyMemory<byte>, Task> write,
        CancellationToken cancellationToken)
    {
        var peer = await desk.FindAsync(node, cancellationToken);
        var id = Guid.CreateVersion7(time.GetUtcNow());
        var terms = await desk.OptionsForAsync(peer, id, cancellationToken);
        if (HelloCheck.InForce(terms, time.GetUtcNow()) is { } over)
        {
            throw over.ToException();
        }

        await desk.RefuseRestoredAsync(node, cancellationToken);
        await using var ticket = await desk.EnterAsync(peer, id, cancellationToken);
        try
        {
            var source = flows.Source(node);
            var header = new BundleHeader
            {
                Kind = BundleKind.Data,
                Id = id.ToString(),
                Applied = await flows.Sink(node).AppliedAsync(cancellationToken),
                Number = await numbers.NextAsync(node, cancellationToken),
                From = await source.BeginBundleAsync(fromStart, cancellationToken),
            };
            var footer = new BundleFooter { To = header.From };
            using var writer = await desk.BeginAsync(
                header, peer, terms, bytes => write(header, footer.Changes, bytes));
            await WriteBatchesAsync(ticket, source, writer, footer, cancellationToken);
            await writer.FinishAsync(footer);
            await states.ChangeAsync(
                node, status => status.BundleExportTime = time.GetUtcNow().ToTimestamp(), cancellationToken);
            Made(header.Number, node, footer.Batches, footer.Changes);
            return footer;
        }
        catch (EntryConflictException)
        {
            throw SyncFailure.Superseded(node).ToException();
        }
    }

    private static async Task WriteBatchesAsync(
        SyncTicket ticket,
        SyncSource source,
        BundleWriter writer,
        BundleFooter footer,
        CancellationToken cancellationToken)
    {
        // Pages without a change are taken together, as in a session.
        var from = footer.To;
        for (var atHead = false; !atHead;)
        {
            await BundleDesk.StayAsync(ticket);
            var page = await source.ReadAsync(footer.To, cancellationToken);
            atHead = page.AtHead || page.IsNothing;
            footer.To = page.To;
            if (page.IsOutOfTurn && !page.IsNothing)
            {
                from = await WriteAsync(writer, footer, from, page.From, [], cancellationToken);
                await source.TakeAlongAsync(writer.Header.Number, page, cancellationToken);
                await WriteAsync(writer, footer, page.To, page.To, page.Changes, cancellationToken);
            }
            else if (page.Changes.Count > 0 || atHead)
            {
                from = await WriteAsync(writer, footer, from, page.To, page.Changes, cancellationToken);
            }
        }

        if (footer is { Batches: 0, To.Position: 0 })
        {
            // As in a session, a partner that has read nothing of this epoch is told of it.
            await WriteAsync(writer, footer, footer.To, footer.To, [], cancellationToken, isFirst: true);
        }

        await writer.WriteAsync(new SyncFrame
        {
            CaughtUp = new SyncCaughtUp
            {
                Cursor = footer.To,
                Digest = await source.DigestAsync(withBuckets: false, cancellationToken),
                Number = 1,
            },
        });
    }

    private static async Task<FeedCursor> WriteAsync(
        BundleWriter writer,
        BundleFooter footer,
        FeedCursor from,
        FeedCursor to,
        IReadOnlyList<SyncChange> changes,
        CancellationToken cancellationToken,
        bool isFirst = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (changes.Count > 0 || !from.Equals(to) || isFirst)
        {
            var batch = new SyncBatch { Sequence = ++footer.Batches, From = from, To = to };
            batch.Changes.AddRange(changes);
            footer.Changes += (ulong)changes.Count;
            await writer.WriteAsync(new SyncFrame { Batch = batch });
        }

        return to;
    }

    [LoggerMessage(1, LogLevel.Information,
        "Bundle {Number} for {Peer} was made: {Batches} batches, {Changes} changes")]
    private partial void Made(ulong number, string peer, ulong batches, ulong changes);
}
