using System.Globalization;
using System.Security.Cryptography;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Placements;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Node.Records;

/// <summary>The one path of local writes: resolve, check, commit, answer.</summary>
internal sealed class RecordWriter(
    IRecordStore store,
    RecordResolver resolver,
    RecordCodec codec,
    RetractionCauses causes,
    ReferralQuotas quotas,
    NodeIdentity node,
    Successions successions,
    TimeProvider time)
{
    private const int DigestLength = 32;

    // A writer that loses a race reads again and retries; more than a few losses in a row mean a fault, not a race.
    private const int MaxAttempts = 5;

    /// <summary>
    /// Writes one item, within a caller's reach, and returns its answer; what the caller can mend is in the answer, not
    /// thrown.
    /// </summary>
    /// <exception cref="ExchangeException">The stream was fenced.</exception>
    /// <exception cref="StoreException">The store failed; the outcome is unknown.</exception>
    public async Task<PutRecordAnswer> PutAsync(
        PutRecordItem item, PutScope? scope, CallReach reach, CancellationToken cancellationToken)
    {
        try
        {
            var digest = scope is null ? [] : SHA256.HashData(item.ToByteArray());
            if (scope is not null
                && await FindAnswerAsync(scope, item.Number, digest, cancellationToken) is { } earlier)
            {
                return earlier;
            }

            return await PutNewAsync(item, scope, reach, digest, cancellationToken);
        }
        catch (Exception exception) when (Mendable(exception) is { } mendable)
        {
            return new PutRecordAnswer { Number = item.Number, Error = ErrorStatus.ToStatus(mendable) };
        }
    }

    /// <summary>What was answered to an item of a scope before, whatever the item was; null for nothing.</summary>
    public async Task<PutRecordAnswer?> FindAnswerAsync(
        PutScope scope, ulong number, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(PutScope.Answers, [scope.ItemKey(number)], cancellationToken))[0] is { } value
            ? PutRecordAnswer.Parser.ParseFrom(value.Span[DigestLength..])
            : null;

    /// <summary>Writes one item as the only one of its call; what the caller can mend is thrown.</summary>
    /// <exception cref="RpcException">The item is refused.</exception>
    /// <exception cref="StoreException">The store failed; the outcome is unknown.</exception>
    public async Task<PutRecordAnswer> WriteAsync(
        PutRecordItem item, PutScope? scope, CallReach reach, CancellationToken cancellationToken)
    {
        var answer = await PutAsync(item, scope, reach, cancellationToken);
        return answer.Error is null ? answer : throw ErrorStatus.ToRpc(answer.Error);
    }

    private async Task<PutRecordAnswer> PutNewAsync(
        PutRecordItem item, PutScope? scope, CallReach reach, byte[] digest, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var draft = await resolver.ResolveAsync(item, reach, cancellationToken);
            try
            {
                return await CommitAsync(item, draft, scope, digest, cancellationToken);
            }
            catch (StoreException lost) when (attempt < MaxAttempts && IsRace(lost, item))
            {
            }
            catch (EntryConflictException lost) when (attempt < MaxAttempts && lost.Collection == ReferralQuotas.Turns)
            {
                // Somebody referred to the same vacancy in between: what is left of the quota is counted again.
            }
            catch (EntryConflictException lost) when (scope is not null)
            {
                if (lost.Collection == PutScope.Answers
                    && await FindAnswerAsync(scope, item.Number, digest, cancellationToken) is { } first)
                {
                    return first;
                }

                throw new ExchangeException(
                    StatusCode.Aborted,
                    ErrorReason.StreamFenced,
                    $"Publisher '{scope.Publisher}' opened the stream '{scope.Stream}' again; this call ends.",
                    ("publisher", scope.Publisher),
                    ("stream", scope.Stream));
            }
        }
    }

    private async Task<PutRecordAnswer> CommitAsync(
        PutRecordItem item, RecordDraft draft, PutScope? scope, byte[] digest, CancellationToken cancellationToken)
    {
        var answer = new PutRecordAnswer
        {
            Number = item.Number,
            Id = draft.Key.Id.ToString(),
            Created = draft.Existing is null or { IsTombstone: true },
        };
        answer.WaitingFields.AddRange(draft.WaitingFields);
        answer.HeldTerms.AddRange(draft.HeldTerms);
        if (draft.Existing is { } existing)
        {
            answer.Etag = Etag.Format(existing.Version);
        }

        var turn = await quotas.TakeAsync(draft, cancellationToken);
        if (item.ValidateOnly)
        {
            return answer;
        }

        var queued = draft.WasUnreadable ? await causes.UnreadableAsync(draft.Key, cancellationToken)
            : draft.Before is { } before && RetractionCauses.IsCause(before, draft.Record)
                ? await causes.FindAsync(draft.Key, before, draft.Record, cancellationToken)
                : [];
        var commit = new Commit
        {
            Puts = draft.IsUnchanged ? [] : [ToPut(draft)],
            Entries = [.. Entries(draft, scope), .. queued, .. turn],
            Derive = outcomes => Finish(draft.Key, answer, outcomes, scope, digest),
        };
        if (commit.Puts.Count > 0 || scope is not null)
        {
            await store.CommitAsync(commit, cancellationToken);
        }

        return answer;
    }

    private RecordPut ToPut(RecordDraft draft)
    {
        var encoded = codec.Encode(draft.Key, draft.Record, item: []);
        return new RecordPut
        {
            Key = draft.Key,
            IsTombstone = draft.IsDelete,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys = draft.IsDelete ? [] : draft.Keys,
            Expect = draft.Existing is { } existing ? Expectation.At(existing.Version) : Expectation.Absent,
        };
    }

    private IEnumerable<EntryWrite> Entries(RecordDraft draft, PutScope? scope)
    {
        if (scope?.FenceCheck() is { } fence)
        {
            yield return fence;
        }

        foreach (var entry in Sightings.EntriesFor(draft.Key, node.Id, draft.Facts, successions, time.GetUtcNow()))
        {
            yield return entry;
        }
    }

    // Runs inside the commit: only there is the version known that the answer must tell and that undo must compare.
    private static List<EntryWrite> Finish(
        RecordKey key, PutRecordAnswer answer, IReadOnlyList<PutOutcome> outcomes, PutScope? scope, byte[] digest)
    {
        var entries = new List<EntryWrite>();
        if (outcomes.Count > 0)
        {
            answer.Etag = Etag.Format(outcomes[0].Version);
        }

        if (scope is null)
        {
            return entries;
        }

        entries.Add(scope.AnswerEntry(answer.Number, digest, answer));
        if (scope.Undoable && outcomes.Count > 0)
        {
            entries.Add(UndoEntry.Write(scope, key, answer, outcomes[0]));
        }

        return entries;
    }

    private async Task<PutRecordAnswer?> FindAnswerAsync(
        PutScope scope, ulong number, byte[] digest, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(PutScope.Answers, [scope.ItemKey(number)], cancellationToken);
        if (found[0] is not { } value)
        {
            return null;
        }

        if (!value.Span[..DigestLength].SequenceEqual(digest))
        {
            throw scope.IsRequest ? new RequestIdReusedException(scope.Stream) : NumberReused(number);
        }

        return PutRecordAnswer.Parser.ParseFrom(value.Span[DigestLength..]);
    }

    private static ExchangeException NumberReused(ulong number) => new(
        StatusCode.Aborted,
        ErrorReason.ItemNumberReused,
        $"Item {number} was accepted before with other bytes. Number new items on.",
        ("number", number.ToString(CultureInfo.InvariantCulture)));

    // Someone else wrote between our read and our commit. With an etag that is the caller's conflict, without one it
    // is ours.
    private static bool IsRace(StoreException exception, PutRecordItem item) =>
        exception is DuplicateKeyException || (exception is VersionConflictException && item.Etag.Length == 0);

    private static ExchangeException? Mendable(Exception exception) =>
        exception is StoreUnavailableException or ExchangeException { Reason: ErrorReason.StreamFenced }
            ? null
            : ErrorStatus.Translate(exception);
}
