using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Sync;

/// <summary>What this node gives to one peer, for one session.</summary>
internal sealed partial class SyncSource(
    IRecordStore store, RecordCodec codec, FlowTerms terms, TimeProvider time, ILogger<SyncSource> log) : ISyncSource
{
    private const int FeedPageSize = 1000;

    // So many pages are read for one that has something to send: then the cursor moves on, even with nothing.
    private const int MaxFeedPages = 32;

    // A page with fewer changes goes on collecting: with more, the next feed page would hardly fit.
    private const int EnoughChanges = 250;

    private readonly Turn _turn = new();
    private readonly CandidateReader _candidates = new(store, terms);
    private readonly ViewMaker _views = new(terms, codec);
    private readonly OutgoingLedger _ledger = new(store, terms);

    // Up to here the feed holds nothing that the peer was ever sent, so that an initial sync needn't ask the register.
    private FeedPosition? _untouched;

    private ulong _withheld;
    private ulong _withheldForBasis;

    public Task<OutgoingPage> ReadAsync(FeedCursor after, CancellationToken cancellationToken) =>
        _turn.RunAsync(() => ReadInTurnAsync(Position(after), cancellationToken));

    public Task ConfirmAsync(OutgoingPage page, SyncAck ack, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await ConfirmInTurnAsync(page, cancellationToken);
            return true;
        });

    public Task WaitAsync(FeedCursor after, CancellationToken cancellationToken) =>
        store.WaitForCommitAsync(Position(after), cancellationToken);

    public Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await _ledger.LoadAsync(cancellationToken);
            return _ledger.Digest.ToDigest(withBuckets);
        });

    private async Task<OutgoingPage> ReadInTurnAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        if (!_ledger.HasBegun)
        {
            await BeginAsync(after, cancellationToken);
        }

        await _ledger.LoadAsync(cancellationToken);
        return await ReadQueueAsync(after, cancellationToken)
            ?? await ReadSweepAsync(after, cancellationToken)
            ?? await ReadFeedAsync(after, cancellationToken);
    }

    private async Task BeginAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        await _ledger.BeginAsync(after, cancellationToken);
        if (_ledger.State.Kinds.Count == 0)
        {
            _untouched = (await store.GetStatusAsync(cancellationToken)).Head;
        }
    }

    private async Task<OutgoingPage?> ReadQueueAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        while (true)
        {
            var entries = await store.ReadEntriesAsync(
                ReprojectionQueue.Collection(terms.To), default, default, FeedPageSize, cancellationToken);
            if (entries.Count == 0)
            {
                return null;
            }

            var keys = entries.Select(entry => RecordKeyBytes.Read(entry.Key.Span)).ToList();
            var records = await store.GetManyAsync([.. keys.Distinct()], cancellationToken);
            using var page = NewPage();
            var end = await FillAsync(page, records, skipHeld: true, cancellationToken);
            var answered = end is { } open
                ? entries.Take(keys.IndexOf(open.Stored.Key)).Select(entry => entry.Key).ToList()
                : entries.Select(entry => entry.Key).ToList();
            if (page.Changes.Count > 0)
            {
                await CommitAsync(page, cancellationToken);
                return Page(after, after, page, atHead: false, answered);
            }

            page.Entries.AddRange(answered.Select(key => ReprojectionQueue.Drop(terms.To, key)));
            await CommitAsync(page, cancellationToken);
        }
    }

    private async Task<OutgoingPage?> ReadSweepAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        while (_ledger.State.Sweep is { } from)
        {
            var feed = await store.ReadFeedAsync(from, FeedPageSize, cancellationToken);
            using var page = NewPage();
            var behind = feed.Records.TakeWhile(record => record.Position <= after).ToList();
            var end = await FillAsync(page, behind, skipHeld: true, cancellationToken);
            var isOver = end is null && (feed.AtHead || feed.Next >= after);
            var next = isOver ? SweepMark.Over : end is { } open ? Before(behind, open, from) : feed.Next;
            if (page.Changes.Count > 0)
            {
                await CommitAsync(page, cancellationToken);
                return Page(after, after, page, atHead: false, [SweepMark.ToKey(next)]);
            }

            await CommitAsync(page, cancellationToken, state => state with { Sweep = SweepMark.ToState(next) });
        }

        return null;
    }

    private async Task<OutgoingPage> ReadFeedAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        using var page = NewPage();
        var to = after;
        var atHead = false;
        for (var pages = 0; pages < MaxFeedPages && page.Changes.Count < EnoughChanges && !atHead; pages++)
        {
            var feed = await store.ReadFeedAsync(to, FeedPageSize, cancellationToken);
            var end = await FillAsync(page, feed.Records, skipHeld: false, cancellationToken);
            if (end is { } open)
            {
                to = Before(feed.Records, open, to);
                break;
            }

            (to, atHead) = (feed.Next, feed.AtHead);
        }

        if (page.Entries.Count > 0)
        {
            await CommitAsync(page, cancellationToken);
        }

        return Page(after, to, page, atHead, []);
    }

    /// <summary>Holds records against the terms; returns the first that the page had no room for.</summary>
    private async Task<Candidate?> FillAsync(
        PageBuilder page, IReadOnlyList<StoredRecord?> records, bool skipHeld, CancellationToken cancellationToken)
    {
        if (skipHeld)
        {
            // These go out of turn: from now on the register may know what lies ahead in the feed.
            _untouched = null;
        }

        var areNew = _untouched is { } untouched && records.Count > 0 && records[^1]!.Position <= untouched;
        var candidates = await _candidates.ReadAsync(records, _ledger.State, areNew, cancellationToken);
        foreach (var candidate in candidates)
        {
            var position = skipHeld ? FeedPosition.Start : candidate.Stored.Position;
            if (!page.TryAdd(candidate, new Delivery(position, _ledger.State.Era, IsAcknowledged: false), skipHeld))
            {
                return candidate;
            }
        }

        return null;
    }

    private async Task ConfirmInTurnAsync(OutgoingPage page, CancellationToken cancellationToken)
    {
        await _ledger.LoadAsync(cancellationToken);
        var state = Counted(_ledger.State);
        state = state with { Sent = state.Sent + (ulong)page.Changes.Count };
        var entries = new List<EntryWrite>();
        foreach (var key in page.Reprojections)
        {
            if (SweepMark.TryRead(key.Span, out var next))
            {
                state = state with { Sweep = SweepMark.ToState(next) };
            }
            else
            {
                entries.Add(ReprojectionQueue.Drop(terms.To, key));
            }
        }

        if (page.Reprojections.Count > 0)
        {
            await AcknowledgeRowsAsync(page.Changes, entries, cancellationToken);
        }

        var to = Position(page.To);
        state = state with { Acknowledged = to > state.Acknowledged ? to : state.Acknowledged };
        await _ledger.CommitAsync(state, _ledger.Digest, entries, cancellationToken);
    }

    // Only what went out of turn needs it: the rest is acknowledged by the cursor.
    private async Task AcknowledgeRowsAsync(
        IReadOnlyList<SyncChange> changes, List<EntryWrite> entries, CancellationToken cancellationToken)
    {
        var keys = changes.Select(change => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(SyncChanges.Key(change))).ToList();
        var rows = await DisclosureRegister.FindAsync(store, terms.To, keys, cancellationToken);
        for (var i = 0; i < rows.Length; i++)
        {
            // A newer view may have been sent while this one was on its way.
            if (rows[i] is { } row && SyncChanges.Order(changes[i]) == (row.Version, row.Revision))
            {
                var delivery = row.Delivery with { IsAcknowledged = true };
                entries.Add(DisclosureRegister.Write(terms.To, keys[i], row with { Delivery = delivery }));
            }
        }
    }

    private PageBuilder NewPage() => new(terms, _views, _ledger.State, _ledger.Digest, time.GetUtcNow());

    private async Task CommitAsync(
        PageBuilder page, CancellationToken cancellationToken, Func<OutgoingState, OutgoingState>? change = null)
    {
        var state = Counted(_ledger.State);
        var kinds = page.Changes.Select(found => SyncChanges.Key(found).Kind).Except(state.Kinds).ToList();
        state = kinds.Count == 0 ? state : state with { Kinds = [.. state.Kinds, .. kinds] };
        state = change is null ? state : change(state);
        try
        {
            await _ledger.CommitAsync(state, page.Digest, page.Entries, cancellationToken);
        }
        catch
        {
            // The rows may have been written all the same.
            _untouched = null;
            throw;
        }
    }

    private OutgoingPage Page(
        FeedPosition from, FeedPosition to, PageBuilder page, bool atHead, IReadOnlyList<ReadOnlyMemory<byte>> answered)
    {
        _withheld += page.Withheld;
        _withheldForBasis += page.WithheldForBasis;
        foreach (var key in page.Unreadable)
        {
            Unreadable(key.Kind, key.Id, terms.To);
        }

        return new OutgoingPage(Cursor(from), Cursor(to), page.Changes, atHead, answered);
    }

    private OutgoingState Counted(OutgoingState state) =>
        _withheld + _withheldForBasis == 0
            ? state
            : state with { Withheld = _withheld, WithheldForBasis = _withheldForBasis };

    private FeedCursor Cursor(FeedPosition position) =>
        new() { Epoch = store.Epoch.ToString(), Position = (ulong)position.Value };

    // A cursor of another history is no place in this one: everything is read again.
    private FeedPosition Position(FeedCursor cursor) =>
        cursor.Epoch == store.Epoch.ToString() ? new FeedPosition((long)cursor.Position) : FeedPosition.Start;

    private static FeedPosition Before(
        IReadOnlyList<StoredRecord> records, Candidate open, FeedPosition first)
    {
        var last = first;
        foreach (var record in records)
        {
            if (record.Position >= open.Stored.Position)
            {
                break;
            }

            last = record.Position;
        }

        return last;
    }

    [LoggerMessage(1, LogLevel.Warning, "The payload of {Kind} {Id} is malformed; it isn't sent to {Peer}")]
    private partial void Unreadable(string kind, Guid id, string peer);
}
