using Exchange.Node.Subjects;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Where this node puts what one peer gives, for one session. One call at a time.</summary>
internal sealed partial class SyncSink(
    IRecordStore store,
    FlowTerms terms,
    ChangeReader reader,
    ReturnTaker returns,
    HeldScan scan,
    OtherWays ways,
    OnwardRetractions onward,
    DataKeys keys,
    KeyRetirements retirements,
    Successions successions,
    TimeProvider time) : ISyncSink
{
    private const int RetryPageSize = 500;

    private readonly string _collection = IncomingState.Collection(terms.From);
    private readonly string _digestCollection = IncomingState.DigestCollection(terms.From);
    private readonly string _quarantine = QuarantineRow.Collection(terms.From);
    private readonly Fences _fences = new(store, terms);
    private readonly WaitingRecords _waiting = new(store, terms, time);

    private ReadOnlyMemory<byte>? _stored;
    private IncomingState _state = new();
    private DigestSums _digest = new();
    private bool _isLoaded;

    public async Task<FeedCursor> AppliedAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return _state.Cursor;
    }

    public async Task<SyncAck> ApplyAsync(SyncBatch batch, CancellationToken cancellationToken)
    {
        if (SyncChanges.AreReturns(batch.Changes))
        {
            // About our own records, so neither cursor nor digest of the peer's has to do with them.
            return await returns.ApplyAsync(batch, cancellationToken);
        }

        await LoadAsync(cancellationToken);
        var now = time.GetUtcNow();
        var changes = new List<IncomingChange>(batch.Changes.Count);
        reader.Prepare(batch.Changes);
        using (var hasher = new PageHasher(terms.DigestKey))
        {
            foreach (var change in batch.Changes)
            {
                changes.Add(reader.Read(change, now, hasher));
            }
        }

        return await ApplyAsync(changes, _state.After(batch), batch.From.Epoch, cancellationToken);
    }

    public async Task<SyncDigest> DigestAsync(bool withBuckets, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        return _digest.ToDigest(withBuckets);
    }

    public async Task RetryQuarantineAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await RecheckWaitingAsync(cancellationToken);
        ReadOnlyMemory<byte> after = default;
        while (_state.Quarantined > 0)
        {
            var entries = await store.ReadEntriesAsync(
                _quarantine, default, after, RetryPageSize, cancellationToken);
            if (entries.Count == 0)
            {
                return;
            }

            after = entries[^1].Key;
            var ready = await ReadyAsync(entries, cancellationToken);
            foreach (var epoch in ready.GroupBy(ready => ready.Epoch, ready => ready.Change))
            {
                await ApplyAsync([.. epoch], _state, epoch.Key, cancellationToken);
            }
        }
    }

    private async Task<List<(string Epoch, IncomingChange Change)>> ReadyAsync(
        IReadOnlyList<Entry> entries, CancellationToken cancellationToken)
    {
        using var hasher = new PageHasher(terms.DigestKey);
        var now = time.GetUtcNow();
        var ready = new List<(string, IncomingChange)>();
        foreach (var entry in entries)
        {
            var key = RecordKeyBytes.Read(entry.Key.Span);
            var row = QuarantineRow.Read(entry.Value.Span);
            var mayBe = row.Discarded is null && row.Reason switch
            {
                ErrorReason.ChangeClockAhead => !ChangeReader.IsAhead(row.Version.Clock, now),
                ErrorReason.ChangeOutOfAgreement => terms.For(key.Kind) is not null,
                ErrorReason.ChangeHeldFromAnother => true,
                _ => false,
            };
            if (mayBe && row.Open(key, keys) is { } change
                && reader.Read(change, now, hasher) is { Refusal: null } good
                && (row.Reason != ErrorReason.ChangeHeldFromAnother
                    || ways.MayUse(good, await store.GetAsync(key, cancellationToken))))
            {
                ready.Add((row.Epoch, good));
            }
        }

        return ready;
    }

    private async Task<SyncAck> ApplyAsync(
        List<IncomingChange> changes, IncomingState next, string epoch, CancellationToken cancellationToken)
    {
        var superseded = KeepNewest(changes) + await _fences.DropAsync(changes, time.GetUtcNow(), cancellationToken);
        changes = await ways.RefuseErasedAsync(changes, cancellationToken);
        while (true)
        {
            var batch = await PrepareAsync(changes, epoch, cancellationToken);
            var waiting = await _waiting.PlanAsync(changes, _state.Waiting, cancellationToken);
            try
            {
                var result = await CommitAsync(batch, waiting, next, cancellationToken);
                if (batch.Erases)
                {
                    await retirements.RunAsync(cancellationToken);
                    await store.ScrubAsync(cancellationToken);
                }

                var applied = result.Puts.Count(put => put.Applied);
                var ack = Ack(
                    batch, waiting, changes, applied, superseded + batch.Stale + result.Puts.Count - applied);
                ack.PassedOn.AddRange(await onward.TellAsync(changes, cancellationToken));
                return ack;
            }
            catch (ForeignHomeException exception)
            {
                // Rare enough to be found out only inside the commit, where what is replaced is at hand.
                var foreign = exception.Puts.ToDictionary(put => batch.ChangeOf(put.Key), put => put.Value);
                changes = changes.ConvertAll(
                    change => foreign.TryGetValue(change, out var stored) ? ways.Meet(change, stored) : change);
            }
            catch (RunawayVersionException exception)
            {
                // Its home has mended its clock and stamped its records anew.
                var runaway = exception.Puts.ToDictionary(put => batch.ChangeOf(put.Key), put => put.Value);
                changes = changes.ConvertAll(
                    change => runaway.TryGetValue(change, out var version) ? change.Overrule(version) : change);
            }
        }
    }

    private async Task<IncomingBatch> PrepareAsync(
        List<IncomingChange> changes, string epoch, CancellationToken cancellationToken)
    {
        var rows = await FindRowsAsync(changes, cancellationToken);
        var stored = await FindStoredAsync(changes, rows, cancellationToken);
        var fences = await _fences.FindAsync(changes, cancellationToken);
        var batch = new IncomingBatch(terms, keys, _fences, successions, epoch, time.GetUtcNow());
        for (var i = 0; i < changes.Count; i++)
        {
            batch.Add(changes[i], rows?[i], stored.GetValueOrDefault(changes[i].Key), fences?[i]);
        }

        batch.Also(await ways.EmptyAsync(changes, cancellationToken));
        batch.Also(await onward.FindAsync(changes, cancellationToken));

        return batch;
    }

    private async Task<CommitResult> CommitAsync(
        IncomingBatch batch, WaitingPlan waiting, IncomingState next, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = default;
        var digest = _digest;
        var commit = new Commit
        {
            Puts = batch.Puts,
            Entries = batch.Entries,
            Derive = outcomes =>
            {
                digest = batch.Sum(_digest, outcomes);
                var entries = waiting.IsEmpty ? [] : waiting.Finish(batch.AppliedOf(outcomes));
                entries.AddRange(batch.SightingsOf(outcomes));
                entries.AddRange(batch.RetirementsOf(outcomes));
                next = next with
                {
                    Applied = _state.Applied + (ulong)outcomes.Count(outcome => outcome.Applied),
                    Quarantined = _state.Quarantined + (ulong)batch.QuarantineGrowth,
                    Waiting = _state.Waiting + (ulong)waiting.Growth,
                };
                bytes = next.ToBytes();
                entries.Add(new EntryWrite(_collection, IncomingState.Key, bytes, new EntryExpectation(_stored)));
                digest.WriteChanges(_digestCollection, entries);
                return entries;
            },
        };
        store.Observe(batch.Clock);
        _isLoaded = false;
        var result = await store.CommitAsync(commit, cancellationToken);
        (_stored, _state, _digest, _isLoaded) = (bytes, next, digest.Copy(), true);
        return result;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_isLoaded)
        {
            return;
        }

        // The state first: whoever commits in between changes it, and our next commit is refused.
        var found = await store.GetEntriesAsync(_collection, [IncomingState.Key], cancellationToken);
        _stored = found[0];
        _state = _stored is { } bytes ? IncomingState.Read(bytes.Span) : new IncomingState();
        _digest = await DigestSums.LoadAsync(store, _digestCollection, cancellationToken);
        await _fences.LoadAsync(cancellationToken);
        _isLoaded = true;
    }

    private async Task<QuarantineRow?[]?> FindRowsAsync(
        List<IncomingChange> changes, CancellationToken cancellationToken)
    {
        if (_state.Quarantined == 0 || changes.Count == 0)
        {
            return null;
        }

        var found = await store.GetEntriesAsync(
            _quarantine, changes.ConvertAll(change => change.KeyBytes), cancellationToken);
        return [.. found.Select(value => value is { } row ? QuarantineRow.Read(row.Span) : null)];
    }

    private async Task<Dictionary<RecordKey, StoredRecord?>> FindStoredAsync(
        List<IncomingChange> changes, QuarantineRow?[]? rows, CancellationToken cancellationToken)
    {
        var wanted = changes
            .Where((change, i) => change.IsNamed && (change.Refusal is not null || rows?[i] is not null))
            .Select(change => change.Key)
            .ToList();
        if (wanted.Count == 0)
        {
            return [];
        }

        var found = await store.GetManyAsync(wanted, cancellationToken);
        return wanted.Zip(found).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>Leaves one change of each record, the newest; returns how many were left out.</summary>
    private static int KeepNewest(List<IncomingChange> changes)
    {
        var places = new Dictionary<RecordKey, int>(changes.Count);
        var kept = 0;
        for (var i = 0; i < changes.Count; i++)
        {
            var change = changes[i];
            if (places.TryAdd(change.Key, kept))
            {
                changes[kept++] = change;
            }
            else if (changes[places[change.Key]] is { } other && change.CompareTo(other.Version, other.Revision) > 0)
            {
                changes[places[change.Key]] = change;
            }
        }

        var left = changes.Count - kept;
        changes.RemoveRange(kept, left);
        return left;
    }
}
