using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

// What the peer is told of what this node put aside.
internal sealed partial class SyncSink
{
    private const int MostListed = 1000;

    public async Task<SyncAck> ListAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var list = new SyncAck();
        if (_state.Quarantined > 0)
        {
            var rows = await store.ReadEntriesAsync(_quarantine, default, default, MostListed, cancellationToken);
            list.Quarantined.AddRange(rows.Select(ToQuarantined));
        }

        if (_state.Waiting > 0)
        {
            var rows = await store.ReadEntriesAsync(
                WaitingRow.Collection(terms.From), WaitingRow.Waiters, default, MostListed, cancellationToken);
            list.Waiting.AddRange(rows.Select(
                row => ToWaiting(WaitingRow.WaiterOf(row.Key.Span), WaitingRow.Read(row.Value.Span))));
        }

        list.ListsAll = _state.Quarantined <= MostListed && _state.Waiting <= MostListed;
        return list;
    }

    // What came by another way than from the peer. New terms may let come less than before, so under them everything
    // that waits is looked at. Otherwise it is one page, and the next look goes on behind it: an empty session costs
    // the same however much waits.
    private async Task RecheckWaitingAsync(CancellationToken cancellationToken)
    {
        if (_state.Waiting == 0)
        {
            return;
        }

        var stored = (await store.GetEntriesAsync(_collection, [RecheckMark.Key], cancellationToken))[0];
        var mark = stored is { } bytes ? RecheckMark.Read(bytes.Span) : RecheckMark.None;
        var isKnown = mark.Terms.Span.SequenceEqual(terms.Digest);
        ReadOnlyMemory<byte>? next = isKnown ? mark.After : ReadOnlyMemory<byte>.Empty;
        do
        {
            (var plan, next) = await _waiting.RecheckAsync(next.Value, cancellationToken);
            var entries = plan.Finish(new HashSet<RecordKey>());
            var isOver = isKnown || next is null;
            var reached = new RecheckMark(terms.Digest, next ?? default);
            if (isOver && reached != mark)
            {
                entries.Add(new EntryWrite(_collection, RecheckMark.Key, reached.ToBytes()));
            }

            if (entries.Count > 0)
            {
                await CommitAsync(plan.Growth, entries, cancellationToken);
            }
        }
        while (!isKnown && next is not null);
    }

    private async Task CommitAsync(long growth, List<EntryWrite> entries, CancellationToken cancellationToken)
    {
        var state = _state with { Waiting = _state.Waiting + (ulong)growth };
        ReadOnlyMemory<byte> bytes = state.ToBytes();
        entries.Add(new EntryWrite(_collection, IncomingState.Key, bytes, new EntryExpectation(_stored)));
        _isLoaded = false;
        await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
        (_stored, _state, _isLoaded) = (bytes, state, true);
    }

    private SyncAck Ack(
        IncomingBatch batch, WaitingPlan waiting, List<IncomingChange> changes, int applied, int skipped)
    {
        var ack = new SyncAck { Applied = _state.Cursor, AppliedCount = (uint)applied, SkippedCount = (uint)skipped };
        foreach (var change in batch.Quarantined)
        {
            ack.Quarantined.Add(new QuarantinedChange
            {
                Kind = change.Change.Record?.Kind ?? change.Change.Removal?.Kind ?? "",
                Id = change.Change.Record?.Id ?? change.Change.Removal?.Id ?? "",
                Reason = change.Refusal!.Reason,
                Message = change.Refusal.Message,
            });
        }

        if (waiting.IsEmpty)
        {
            return ack;
        }

        foreach (var change in changes)
        {
            if (waiting.Find(change.Key) is { } row)
            {
                ack.Waiting.Add(ToWaiting(change.Key, row));
            }
        }

        ack.Settled.AddRange(waiting.Settled.Select(
            record => new SettledRecord { Kind = record.Kind, Id = record.Id.ToString() }));
        return ack;
    }

    private static QuarantinedChange ToQuarantined(Entry entry)
    {
        var key = RecordKeyBytes.Read(entry.Key.Span);
        var row = QuarantineRow.Read(entry.Value.Span);
        return new QuarantinedChange
        {
            Kind = key.Kind,
            Id = key.Id.ToString(),
            Reason = row.Reason,
            Message = row.Discarded is { } discarded
                ? $"{row.Message} It was discarded: {discarded.Reason}"
                : row.Message,
        };
    }

    private static WaitingRecord ToWaiting(RecordKey key, WaitingRow row)
    {
        var waiting = new WaitingRecord { Kind = key.Kind, Id = key.Id.ToString() };
        waiting.Missing.AddRange(row.Missing.Select(
            missing => new MissingReference { Kind = missing.Kind, Id = missing.Id.ToString() }));
        return waiting;
    }
}
