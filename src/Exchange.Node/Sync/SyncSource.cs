using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Sync;

/// <summary>What this node gives to one peer, for one session.</summary>
internal sealed partial class SyncSource(
    IRecordStore store,
    RecordCodec codec,
    FlowTerms terms,
    ReturnSweep returns,
    TimeProvider time,
    ILogger<SyncSource> log) : ISyncSource
{
    private readonly Turn _turn = new();
    private readonly CandidateReader _candidates = new(store, terms);
    private readonly SightCheck _sights = new(store, codec, terms);
    private readonly ViewMaker _views = new(terms, codec);
    private readonly OutgoingLedger _ledger = new(store, terms);
    private readonly LostTombstones _tombstones = new(store, codec, terms);
    private readonly PeerPutAside _putAside = new(store, terms.To, time);
    private readonly PassedOnReports _passedOn = new(store, terms.From, terms.To, time);

    // Up to here the feed holds nothing that the peer was ever sent, so that an initial sync needn't ask the register.
    private FeedPosition? _untouched;

    // Below this the feed can't be read on from a cursor; the start unless that was met.
    private FeedPosition _floor;

    // The floor when lost tombstones were last thought of.
    private FeedPosition _seenFloor;

    // Up to which key of the register lost tombstones were looked for; null when there is nothing to look for.
    private ReadOnlyMemory<byte>? _lost;

    // A sweep and the feed take turns, so that a long one holds up no new change.
    private bool _isFeedsTurn = true;

    // The last page of the feed wasn't the last one: another commit follows for sure, unless the session ends.
    private bool _isReadingOn;

    // What stands once the page that gives records back is confirmed; one is under way at a time.
    private ReturnState? _returning;

    private ulong _withheld;
    private ulong _withheldForBasis;

    public Task<OutgoingPage> ReadAsync(FeedCursor after, CancellationToken cancellationToken) =>
        _turn.RunAsync(() => ReadInTurnAsync(Position(after), cancellationToken));

    public Task<OutgoingPage> ReadReturnsAsync(
        FeedCursor after, string epoch, CancellationToken cancellationToken) =>
        _turn.RunAsync(() => ReadReturnsInTurnAsync(after, epoch, cancellationToken));

    public Task ConfirmAsync(OutgoingPage page, SyncAck ack, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await ConfirmInTurnAsync(page, ack, cancellationToken);
            return true;
        });

    public Task WaitAsync(FeedCursor after, CancellationToken cancellationToken) =>
        store.WaitForCommitAsync(Position(after), cancellationToken);

    public Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken) =>
        _turn.RunAsync(async () =>
        {
            await LoadSettledAsync(cancellationToken);
            return _ledger.Digest.ToDigest(withBuckets);
        });

    // What was acknowledged and left to a later commit is written before both sides compare.
    private async Task LoadSettledAsync(CancellationToken cancellationToken)
    {
        await _ledger.LoadAsync(cancellationToken);
        if (_ledger.IsDeferred)
        {
            await _ledger.CommitAsync(_ledger.State, _ledger.Digest, [], cancellationToken);
        }
    }

    private async Task<OutgoingPage> ReadInTurnAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        if (!_ledger.HasBegun)
        {
            await BeginAsync(after, isPeerRestored: false, cancellationToken);
        }

        while (true)
        {
            await _ledger.LoadAsync(cancellationToken);
            try
            {
                var page = await ReadQueueAsync(after, cancellationToken)
                    ?? await ReadRepairsAsync(after, cancellationToken)
                    ?? await ReadLostAsync(after, cancellationToken)
                    ?? await ReadByTurnsAsync(after, cancellationToken);
                if (page is not null)
                {
                    return page;
                }
            }
            catch (FeedTrimmedException trimmed)
            {
                // The peer was away longer than tombstones are kept: everything is held against the register once more.
                (_floor, _lost) = (trimmed.Floor, ReadOnlyMemory<byte>.Empty);
                var again = _ledger.State with
                {
                    Sweep = FeedPosition.Start,
                    SweepTarget = Later(after, trimmed.Floor),
                };
                await _ledger.CommitAsync(again, _ledger.Digest, [], cancellationToken);
            }
        }
    }

    private async Task BeginAsync(FeedPosition after, bool isPeerRestored, CancellationToken cancellationToken)
    {
        await _ledger.BeginAsync(after, isPeerRestored, cancellationToken);
        await CloseTakenAsync(cancellationToken);
        await QueueBundledAsync(cancellationToken);
        var status = await store.GetStatusAsync(cancellationToken);
        var isRestored = status.Restored is not null;
        _seenFloor = status.Floor;
        if (after == FeedPosition.Start && (status.Floor > FeedPosition.Start || isRestored))
        {
            // Whoever begins at the start isn't told that tombstones are missing, and may hold something from before.
            // So it may of what a backup didn't have, and what couldn't be taken back.
            _lost = ReadOnlyMemory<byte>.Empty;
        }

        if (isRestored)
        {
            // The backup doesn't know of which kinds the peer was given anything since.
            var given = await DisclosureRegister.KindsAsync(store, terms.To, cancellationToken);
            var kinds = _ledger.State.Kinds.Union(given).ToList();
            if (kinds.Count > _ledger.State.Kinds.Count)
            {
                _ledger.Defer(_ledger.State with { Kinds = kinds });
            }
        }

        // After a restore the register holds what the peer gave back, even if the state knows of nothing sent.
        if (_ledger.State.Kinds.Count == 0 && !isRestored)
        {
            _untouched = status.Head;
        }
    }

    private async Task<OutgoingPage> ReadReturnsInTurnAsync(
        FeedCursor after, string epoch, CancellationToken cancellationToken)
    {
        if (!_ledger.HasBegun)
        {
            await BeginAsync(Position(after), isPeerRestored: true, cancellationToken);
        }

        var (state, _) = await ReturnState.FindAsync(store, terms.To, ReturnState.Giving, cancellationToken);
        if (state?.Epoch != epoch)
        {
            state = new ReturnState { Epoch = epoch, Time = time.GetUtcNow(), After = Position(after) };
        }

        (var changes, _returning) = await returns.ReadAsync(state, cancellationToken);
        return new OutgoingPage(after, after, changes, AtHead: false, []);
    }

    private async Task ConfirmInTurnAsync(OutgoingPage page, SyncAck ack, CancellationToken cancellationToken)
    {
        if (ack.Sequence == 0 && page.IsNothing)
        {
            await _putAside.ReplaceAsync(ack, cancellationToken);
            return;
        }

        await _ledger.LoadAsync(cancellationToken);
        if (SyncChanges.AreReturns(page.Changes))
        {
            await ConfirmReturnsAsync(cancellationToken);
            return;
        }

        var state = Counted(_ledger.State);
        (state, var entries) = Answered(
            page.Reprojections, state with { Sent = state.Sent + (ulong)page.Changes.Count });
        if (page.IsOutOfTurn)
        {
            await AcknowledgeRowsAsync(page.Changes, entries, cancellationToken);
        }

        await CloseRetractionsAsync(page.Changes, entries, cancellationToken);
        entries.AddRange(await _putAside.EntriesForAsync(page.Changes, ack, cancellationToken));
        entries.AddRange(await _passedOn.EntriesAsync(ack.PassedOn, cancellationToken));

        var to = Position(page.To);
        state = state with { Acknowledged = to > state.Acknowledged ? to : state.Acknowledged };
        if (_isReadingOn && !page.IsOutOfTurn && entries.Count == 0 && state.Sweep == _ledger.State.Sweep)
        {
            // The next page's commit brings it along. Should the session end before, the peer's Hello says as much.
            _ledger.Defer(state);
            return;
        }

        await _ledger.CommitAsync(state, _ledger.Digest, entries, cancellationToken);
    }

    // What a page was read for waits no longer.
    private (OutgoingState State, List<EntryWrite> Drops) Answered(
        IReadOnlyList<ReadOnlyMemory<byte>> reprojections, OutgoingState state)
    {
        var drops = new List<EntryWrite>();
        foreach (var key in reprojections)
        {
            if (SweepMark.TryRead(key.Span, out var next))
            {
                state = state with { Sweep = SweepMark.ToState(next) };
            }
            else if (RepairQueue.FromMark(key) is { } repaired)
            {
                drops.Add(RepairQueue.Drop(terms.To, repaired));
            }
            else
            {
                drops.Add(ReprojectionQueue.Drop(terms.To, key));
            }
        }

        return (state, drops);
    }

    private Task ConfirmReturnsAsync(CancellationToken cancellationToken)
    {
        var mark = new EntryWrite(
            ReturnState.Collection(terms.To), ReturnState.Giving, _returning!.ToBytes());
        return _ledger.CommitAsync(_ledger.State, _ledger.Digest, [mark], cancellationToken);
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

    private async Task CloseRetractionsAsync(
        IReadOnlyList<SyncChange> changes, List<EntryWrite> entries, CancellationToken cancellationToken)
    {
        var removals = changes.Where(change => change.Removal is not null).ToList();
        if (removals.Count == 0)
        {
            return;
        }

        var keys = removals.ConvertAll(change => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(SyncChanges.Key(change)));
        var open = await OpenRetractions.FindAsync(store, terms.To, keys, cancellationToken);
        for (var i = 0; i < open.Length; i++)
        {
            // A newer one may have been sent while this one was on its way.
            if (open[i] is { } row && SyncChanges.Order(removals[i]) == (row.Version, row.Revision))
            {
                entries.Add(OpenRetractions.Drop(terms.To, keys[i]));
            }
        }
    }

    // What went with the feed is acknowledged by the cursor that the peer comes with, even when the answer to it was
    // lost: nothing more will be said of it.
    private async Task CloseTakenAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> after = default;
        while (true)
        {
            var open = await store.ReadEntriesAsync(
                OpenRetractions.Collection(terms.To), default, after, FeedPageSize, cancellationToken);
            if (open.Count == 0)
            {
                return;
            }

            after = open[^1].Key;
            var keys = open.Select(entry => entry.Key).ToList();
            var rows = await DisclosureRegister.FindAsync(store, terms.To, keys, cancellationToken);
            var drops = new List<EntryWrite>();
            for (var i = 0; i < rows.Length; i++)
            {
                var asked = OpenRetraction.Read(open[i].Value.Span);
                if (rows[i] is { IsWithdrawn: true } row && _ledger.State.IsHeld(row)
                    && (asked.Version, asked.Revision) == (row.Version, row.Revision))
                {
                    drops.Add(OpenRetractions.Drop(terms.To, keys[i]));
                }
            }

            if (drops.Count > 0)
            {
                await _ledger.CommitAsync(_ledger.State, _ledger.Digest, drops, cancellationToken);
            }
        }
    }

    private PageBuilder NewPage(IReadOnlyDictionary<RecordKey, Ask>? asks = null) =>
        new(terms, _views, _ledger.State, _ledger.Digest, time.GetUtcNow())
        {
            Asks = asks ?? new Dictionary<RecordKey, Ask>(),
        };

    private async Task CommitAsync(
        PageBuilder page, CancellationToken cancellationToken, Func<OutgoingState, OutgoingState>? change = null)
    {
        var state = Counted(_ledger.State);
        var kinds = page.Kinds.Except(state.Kinds).ToList();
        state = kinds.Count == 0 ? state : state with { Kinds = [.. state.Kinds, .. kinds] };
        var origins = page.Origins.Except(state.Origins).ToList();
        state = origins.Count == 0 ? state : state with { Origins = [.. state.Origins, .. origins] };
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

    [LoggerMessage(1, LogLevel.Warning,
        "{Kind} {Id}, or what decides about it, can't be read; it isn't sent to {Peer}")]
    private partial void Unreadable(string kind, Guid id, string peer);
}
