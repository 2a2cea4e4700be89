using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Goes through what this node holds of a peer that was restored, and gives it back. What was applied before the backup
/// needn't be: it stands in our feed before the place up to which the peer had read it by then.
/// </summary>
internal sealed class ReturnSweep(IRecordStore store, RecordCodec codec, DataKeys keys, string peer)
{
    private const int PageSize = 1000;
    private const int MaxBytes = 1 << 20;
    private const int ChangeOverhead = 160;

    private readonly byte[] _home = Encoding.UTF8.GetBytes(peer);
    private readonly string _quarantine = QuarantineRow.Collection(peer);

    /// <summary>Reads the next changes; the last one says that nothing more comes.</summary>
    /// <returns>The changes, never empty, and the state once they are acknowledged.</returns>
    public async Task<(List<SyncChange> Changes, ReturnState Next)> ReadAsync(
        ReturnState state, CancellationToken cancellationToken)
    {
        while (state is { IsComplete: false, Quarantine: null })
        {
            var (found, next) = await ReadFeedAsync(state, cancellationToken);
            if (found.Count > 0)
            {
                return (found, next);
            }

            state = next;
        }

        while (state is { IsComplete: false, Quarantine: { } after })
        {
            var entries = await store.ReadEntriesAsync(_quarantine, default, after, PageSize, cancellationToken);
            if (entries.Count == 0)
            {
                break;
            }

            var (found, next) = ReadQuarantine(entries, state);
            if (found.Count > 0)
            {
                return (found, next);
            }

            state = next;
        }

        return ([new SyncChange { Returned = new ReturnedRecord { Last = true } }], state with { IsComplete = true });
    }

    private async Task<(List<SyncChange> Changes, ReturnState Next)> ReadFeedAsync(
        ReturnState state, CancellationToken cancellationToken)
    {
        FeedPage page;
        try
        {
            page = await store.ReadFeedAsync(state.After, PageSize, cancellationToken);
        }
        catch (FeedTrimmedException)
        {
            // The backup is older than our tombstones: whatever there is goes back.
            return ([], state with { After = FeedPosition.Start });
        }

        var changes = new List<SyncChange>();
        var bytes = 0;
        foreach (var record in page.Records)
        {
            // What it passed on of others it gets from them again.
            if (!StoredEnvelope.HomeNode(record).SequenceEqual(_home) || !StoredEnvelope.IsFrom(record, _home))
            {
                continue;
            }

            bytes += record.Payload.Length + record.Envelope.Length + ChangeOverhead;
            if (bytes > MaxBytes && changes.Count > 0)
            {
                return (changes, Told(state, changes));
            }

            state = state with { After = record.Position };
            if (ToReturned(record) is { } returned)
            {
                changes.Add(new SyncChange { Returned = returned });
            }
        }

        var next = Told(state, changes) with { After = page.Next };
        return (changes, page.AtHead ? next with { Quarantine = ReadOnlyMemory<byte>.Empty } : next);
    }

    // What waits in quarantine isn't in the feed, and its home may have lost it just so.
    private (List<SyncChange> Changes, ReturnState Next) ReadQuarantine(
        IReadOnlyList<Entry> entries, ReturnState state)
    {
        var changes = new List<SyncChange>();
        var bytes = 0;
        foreach (var entry in entries)
        {
            var row = QuarantineRow.Read(entry.Value.Span);
            bytes += row.Sealed.Length + ChangeOverhead;
            if (bytes > MaxBytes && changes.Count > 0)
            {
                break;
            }

            state = state with { Quarantine = entry.Key };
            var change = row.Open(RecordKeyBytes.Read(entry.Key.Span), keys);
            if (change?.Record is { } record)
            {
                changes.Add(new SyncChange { Returned = new ReturnedRecord { Record = record } });
            }
            else if (change?.Removal is { } removal)
            {
                changes.Add(new SyncChange { Returned = new ReturnedRecord { Removal = removal } });
            }
        }

        return (changes, Told(state, changes));
    }

    private static ReturnState Told(ReturnState state, List<SyncChange> changes) =>
        state with { Returned = state.Returned + (ulong)changes.Count };

    // Null for a record that was damaged here: nobody can tell what it was.
    private ReturnedRecord? ToReturned(StoredRecord stored)
    {
        if (!stored.IsTombstone)
        {
            try
            {
                var record = codec.Decode(stored);
                record.Etag = "";
                return new ReturnedRecord { Record = record };
            }
            catch (Exception exception) when (StoredDamage.Is(exception))
            {
                return null;
            }
        }

        var note = RemovalNote.Read(StoredEnvelope.Note(stored));
        return new ReturnedRecord
        {
            Removal = new Removal
            {
                Kind = stored.Key.Kind,
                Id = stored.Key.Id.ToString(),
                Version = new V1.RecordVersion { Clock = stored.Version.Clock, Node = stored.Version.Node },
                Revision = stored.Revision,
                Reason = note.Reason,
                ConsentVersion = note.ConsentVersion,
            },
        };
    }
}
