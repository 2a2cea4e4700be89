using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

// Where pages come from: the queue, lost tombstones, a sweep over what the cursor has passed, the feed.
internal sealed partial class SyncSource
{
    private const int FeedPageSize = 1000;

    // So many pages are read for one that has something to send: then the cursor moves on, even with nothing.
    private const int MaxFeedPages = 32;

    // A page with fewer changes goes on collecting: with more, the next feed page would hardly fit.
    private const int EnoughChanges = 250;

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
            var records = await FindOrMakeAsync([.. keys.Distinct()], cancellationToken);
            var asks = AsksOf(entries, keys);
            using var page = NewPage(asks);
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

    // What is gone without a trace, and was given to the peer, is taken back all the same, by when it was asked.
    private async Task<StoredRecord?[]> FindOrMakeAsync(
        List<RecordKey> keys, CancellationToken cancellationToken)
    {
        StoredRecord?[] records = [.. await store.GetManyAsync(keys, cancellationToken)];
        var gone = Enumerable.Range(0, keys.Count).Where(i => records[i] is null).ToList();
        if (gone.Count > 0)
        {
            var rows = await DisclosureRegister.FindAsync(
                store,
                terms.To,
                gone.ConvertAll(i => (ReadOnlyMemory<byte>)RecordKeyBytes.Of(keys[i])),
                cancellationToken);
            for (var i = 0; i < rows.Length; i++)
            {
                records[gone[i]] = rows[i] is { } row
                    ? await _tombstones.MakeAsync(keys[gone[i]], row.Version, cancellationToken)
                    : null;
            }
        }

        return records;
    }

    private async Task<OutgoingPage?> ReadLostAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        if (_lost is not { } from)
        {
            return null;
        }

        var (found, next) = await _tombstones.ReadAsync(from, _ledger.State, cancellationToken);
        if (next is null)
        {
            _lost = null;
            return null;
        }

        using var page = NewPage();
        foreach (var candidate in found)
        {
            var delivery = new Delivery(FeedPosition.Start, _ledger.State.Era, IsAcknowledged: false);
            page.TryAdd(candidate, delivery, skipHeld: true);
        }

        await CommitAsync(page, cancellationToken);
        _lost = next;
        return Page(after, after, page, atHead: false, []);
    }

    // Null when nothing was found so far, and the other has its turn; the feed always has something to say but while a
    // sweep goes on.
    private async Task<OutgoingPage?> ReadByTurnsAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        // The feed leaps over what was trimmed, and takes along all that was ever sent of it as acknowledged: so not
        // before the sweep has looked at that.
        _isFeedsTurn = _ledger.State.Sweep is null || (!_isFeedsTurn && _floor <= after);
        if (!_isFeedsTurn)
        {
            return await ReadSweepAsync(after, cancellationToken);
        }

        var page = await ReadFeedAsync(after, cancellationToken);
        var isOver = _ledger.State.Sweep is null && !await HasLostMoreAsync(after, cancellationToken);
        var isNothing = page.Changes.Count == 0 && page.From.Equals(page.To);
        return isOver ? page : isNothing ? null : page with { AtHead = false };
    }

    // Whoever reads on from the start isn't told that tombstones were dropped since the session began.
    private async Task<bool> HasLostMoreAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        if (after != FeedPosition.Start
            || (await store.GetStatusAsync(cancellationToken)).Floor is var floor && floor <= _seenFloor)
        {
            return false;
        }

        (_seenFloor, _lost) = (floor, ReadOnlyMemory<byte>.Empty);
        return true;
    }

    private async Task<OutgoingPage?> ReadSweepAsync(FeedPosition after, CancellationToken cancellationToken)
    {
        var target = _ledger.State.SweepTarget;
        var bound = target == FeedPosition.Start ? Later(after, _floor) : target;
        for (var pages = 0; pages < MaxFeedPages && _ledger.State.Sweep is { } from; pages++)
        {
            // Tombstones that were dropped behind it don't matter: what they said is found in the register.
            var unbound = new FeedPosition(from.Value, long.MaxValue);
            var feed = await store.ReadFeedAsync(unbound, FeedPageSize, cancellationToken);
            using var page = NewPage();
            var behind = feed.Records.TakeWhile(record => record.Position <= bound).ToList();
            var end = await FillAsync(page, behind, skipHeld: true, cancellationToken);
            var isOver = end is null && (feed.AtHead || feed.Next >= bound);
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
        if (terms.IsEmpty && _ledger.State.Kinds.Count == 0)
        {
            // Nothing flows and nothing ever did: what partners gave isn't read through in search of own records.
            var head = (await store.GetStatusAsync(cancellationToken)).Head;
            return Page(after, Later(after, head), page, atHead: true, []);
        }

        var to = after == FeedPosition.Start ? after : Later(after, _floor);
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

            // A record that was stamped anew stands behind what was the head.
            (to, atHead) = (feed.Next, feed.AtHead && page.Overtaken.Count == 0);
        }

        if (page.Entries.Count > 0)
        {
            await CommitAsync(page, cancellationToken);
        }

        _isReadingOn = !atHead;
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

        page.Overtaken.Clear();
        var areNew = _untouched is { } untouched && records.Count > 0 && records[^1]!.Position <= untouched;
        var candidates = await _candidates.ReadAsync(records, _ledger.State, areNew, cancellationToken);
        await EndSightsAsync(candidates, cancellationToken);
        codec.Prepare(candidates.Where(candidate => !candidate.IsUnseen).Select(candidate => candidate.Stored));
        Candidate? open = null;
        foreach (var candidate in candidates)
        {
            var position = skipHeld ? FeedPosition.Start : candidate.Stored.Position;
            if (!page.TryAdd(candidate, new Delivery(position, _ledger.State.Era, IsAcknowledged: false), skipHeld))
            {
                open = candidate;
                break;
            }
        }

        await RestampAsync(page, cancellationToken);
        return open;
    }

    // They come through the feed once more, under versions that the peer takes for new.
    private async Task RestampAsync(PageBuilder page, CancellationToken cancellationToken)
    {
        foreach (var (stored, behind) in page.Overtaken)
        {
            store.Observe(behind.Clock);
            var put = new RecordPut
            {
                Key = stored.Key,
                Envelope = stored.Envelope,
                Payload = stored.Payload,
                Keys = stored.Keys,
                Expect = Expectation.At(stored.Version),
            };
            try
            {
                await store.CommitAsync(new Commit { Puts = [put] }, cancellationToken);
            }
            catch (VersionConflictException)
            {
                // A local system has just written a newer one.
            }
        }
    }

    // Only somebody of whose events one was voided can have lost what brought them into sight.
    private async Task EndSightsAsync(Candidate[] candidates, CancellationToken cancellationToken)
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            var stored = candidates[i].Stored;

            // Somebody who is frozen has frozen events, which come back together with the person.
            if (candidates[i] is { IsSighted: true, IsDoubted: true }
                && RecordCodec.TryEnvelope(stored) is { State: RecordState.Active })
            {
                var home = candidates[i].Origin ?? terms.From;
                var stands = await _sights.StandsAsync(stored.Key, home, cancellationToken);
                candidates[i] = candidates[i] with { IsSightOver = stands == false, IsSightUnknown = stands is null };
            }
        }
    }

    private static Dictionary<RecordKey, Ask> AsksOf(IReadOnlyList<Entry> entries, List<RecordKey> keys)
    {
        var asks = new Dictionary<RecordKey, Ask>();
        for (var i = 0; i < entries.Count; i++)
        {
            if (ReprojectionQueue.ReadAsk(entries[i].Value.Span) is { } ask)
            {
                asks[keys[i]] = asks.TryGetValue(keys[i], out var other) ? other.With(ask) : ask;
            }
        }

        return asks;
    }

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

    private static FeedPosition Later(FeedPosition one, FeedPosition other) => one > other ? one : other;
}
