using System.Text;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Records;

/// <summary>Takes back what an undoable stream wrote, newest item first, one commit a record; safe to repeat.</summary>
internal sealed class StreamUndo(
    IRecordStore store, RecordCodec codec, RecordKinds kinds, RetractionCauses causes, IPersonTokens tokens)
{
    /// <summary>
    /// What an undo itself wrote: stream and record to etag, so that a record changed twice is taken back twice.
    /// </summary>
    public const string Undone = "stream-undone";

    private const int PageSize = 500;

    public async Task<UndoStreamResponse> RunAsync(
        UndoStreamRequest request, CallReach reach, CancellationToken cancellationToken)
    {
        reach.Reach.RequirePublisher(request.Publisher);
        var scope = new PutScope(request.Publisher, request.Stream, default, Undoable: true);
        var response = new UndoStreamResponse();
        var seen = new Dictionary<RecordKey, string>();
        var any = false;
        await foreach (var entry in store.ReadAllEntriesAsync(
            PutScope.Undo, scope.Prefix, cancellationToken, PageSize))
        {
            any = true;
            await UndoAsync(scope, entry, reach, request.ValidateOnly, seen, response, cancellationToken);
        }

        return any
            ? response
            : throw ExchangeException.NotFound("undoable stream", $"{request.Publisher}/{request.Stream}");
    }

    private async Task UndoAsync(
        PutScope scope,
        Entry entry,
        CallReach reach,
        bool validateOnly,
        Dictionary<RecordKey, string> seen,
        UndoStreamResponse response,
        CancellationToken cancellationToken)
    {
        var undo = UndoEntry.Read(entry.Value);
        var current = await store.GetAsync(undo.Key, cancellationToken);
        var ours = validateOnly
            ? seen.GetValueOrDefault(undo.Key)
            : await UndoneEtagAsync(scope, undo.Key, cancellationToken);
        var etag = current is { IsTombstone: false } ? Etag.Format(current.Version) : "";
        if (current is null
            || (etag != undo.WrittenEtag && etag != ours)
            || etag.Length == 0
            || !await reach.WritesAsync(current, cancellationToken)
            || Plan(undo, current) is not { } plan)
        {
            response.KeptCount++;
            return;
        }

        if (undo.WasCreated)
        {
            response.DeletedCount++;
        }
        else
        {
            response.RestoredCount++;
        }

        seen[undo.Key] = etag;
        if (!validateOnly)
        {
            await CommitAsync(scope, entry, undo, plan, current, cancellationToken);
        }
    }

    // Null when what stands there, or what stood before, is damaged: it is left alone, and all others are taken back.
    private UndoPlan? Plan(UndoEntry undo, StoredRecord current)
    {
        try
        {
            var present = RecordCodec.Envelope(current);
            if (undo.WasCreated)
            {
                return new UndoPlan(present, Deleted(present), []);
            }

            var restored = Restored(undo, present);
            return new UndoPlan(present, restored, Keys(undo, restored));
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            return null;
        }
    }

    private async Task CommitAsync(
        PutScope scope,
        Entry entry,
        UndoEntry undo,
        UndoPlan plan,
        StoredRecord current,
        CancellationToken cancellationToken)
    {
        var (present, restored, keys) = plan;
        var put = new RecordPut
        {
            Key = undo.Key,
            IsTombstone = undo.WasCreated,
            Envelope = codec.Encode(undo.Key, restored, item: []).Envelope,
            Payload = undo.Payload,
            Keys = keys,
            Expect = Expectation.At(current.Version),
        };
        var queued = RetractionCauses.IsCause(present, restored)
            ? await causes.FindAsync(undo.Key, present, restored, cancellationToken)
            : [];
        await store.CommitAsync(
            new Commit
            {
                Puts = [put],
                Entries = [new EntryWrite(PutScope.Undo, entry.Key, null), .. queued],
                Derive = outcomes => [Remember(scope, undo.Key, outcomes[0].Version)],
            },
            cancellationToken);
    }

    private static Record Deleted(Record present) => new()
    {
        HomeNode = present.HomeNode,
        State = RecordState.Deleted,
        ExternalKey = present.ExternalKey,
        RemovalReason = RemovalReason.Corrected,
    };

    // As before, except that what a person decided meanwhile stays decided.
    private static Record Restored(UndoEntry undo, Record present)
    {
        var restored = RecordCodec.Envelope(Before(undo));
        restored.LegalBasis = ConsentMerge.Join(present.LegalBasis, restored.LegalBasis);
        return restored;
    }

    private IReadOnlyList<IndexKey> Keys(UndoEntry undo, Record restored)
    {
        var payload = codec.Payload(Before(undo));
        var kind = kinds.Find(undo.Key.Kind)!;
        var facts = kind.Describe(undo.Key.Id, kind.Parse(ByteString.CopyFrom(payload.Span)), tokens);
        return RecordIndexes.Of(undo.Key, facts, restored.ExternalKey);
    }

    private static StoredRecord Before(UndoEntry undo) => new()
    {
        Key = undo.Key,
        Version = new Exchange.Store.RecordVersion(0, ""),
        Envelope = undo.Envelope,
        Payload = undo.Payload,
    };

    private async Task<string?> UndoneEtagAsync(PutScope scope, RecordKey key, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(Undone, [UndoneKey(scope, key)], cancellationToken);
        return found[0] is { } value ? Encoding.UTF8.GetString(value.Span) : null;
    }

    private static EntryWrite Remember(PutScope scope, RecordKey key, Exchange.Store.RecordVersion version) =>
        new(Undone, UndoneKey(scope, key), Encoding.UTF8.GetBytes(Etag.Format(version)));

    private static byte[] UndoneKey(PutScope scope, RecordKey key) =>
        [.. scope.Prefix, .. Encoding.UTF8.GetBytes(key.ToString())];

    /// <summary>What an undo makes of a record.</summary>
    private sealed record UndoPlan(Record Present, Record Restored, IReadOnlyList<IndexKey> Keys);
}
