using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Subjects;

/// <summary>
/// Freezes what this node holds about one person, and lifts that again: kept sealed, used for nothing.
/// </summary>
internal sealed class SubjectRestriction(
    IRecordStore store, SubjectRecords subjects, RecordCodec codec, RetractionCauses causes)
{
    private const int MaxAttempts = 5;

    /// <summary>Brings every live record of a subject into a state; returns how many weren't in it.</summary>
    /// <exception cref="ExchangeException">Nothing of the subject is at home here.</exception>
    public async Task<int> SetAsync(Guid subject, RecordState state, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var found = await subjects.FindAsync(subject, cancellationToken);
            if (found.Own.Count == 0)
            {
                throw ExchangeException.NotFound("subject", subject.ToString());
            }

            // What an erasure holds apart is nobody's to use again.
            var erasure = await ErasureRow.FindAsync(store, subject, cancellationToken);
            var apart = (erasure?.Retained ?? []).Select(kept => kept.Key).ToHashSet();
            var others = found.Own
                .Where(record => record.Envelope.State != state && !apart.Contains(record.Stored.Key))
                .ToList();
            if (others.Count == 0)
            {
                return 0;
            }

            var keys = others.ConvertAll(record => record.Stored.Key);
            var queued = await causes.DisclosedAsync(keys, deliverBy: null, cancellationToken);
            try
            {
                await store.CommitAsync(
                    new Commit { Puts = [.. others.Select(record => Put(codec, record, state))], Entries = queued },
                    cancellationToken);
                return others.Count;
            }
            catch (VersionConflictException) when (attempt < MaxAttempts)
            {
                // Somebody wrote meanwhile.
            }
        }
    }

    /// <summary>
    /// Brings a record into a state. The payload stays exactly as it is sealed, and the keys keep the person from being
    /// taken in a second time.
    /// </summary>
    public static RecordPut Put(RecordCodec codec, HeldRecord record, RecordState state)
    {
        var envelope = record.Envelope.Clone();
        envelope.State = state;
        return new RecordPut
        {
            Key = record.Stored.Key,
            Envelope = codec.Encode(record.Stored.Key, envelope, item: []).Envelope,
            Payload = record.Stored.Payload,
            Keys = record.Stored.Keys,
            Expect = Expectation.At(record.Stored.Version),
        };
    }
}
