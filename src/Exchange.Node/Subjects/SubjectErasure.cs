using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Subjects;

/// <summary>
/// Erases what this node holds about one person: payloads, keys, what undo would bring back. In one commit with the
/// proof that it happened, and with the retractions that partners are told before anything else. What law says must be
/// kept is frozen instead, until its time is over.
/// </summary>
internal sealed class SubjectErasure(
    IRecordStore store,
    SubjectRecords subjects,
    Retention retention,
    RecordCodec codec,
    RetractionCauses causes,
    KeyRetirements retirements,
    NodeIdentity node,
    TimeProvider time)
{
    private const int PageSize = 1000;
    private const int MaxAttempts = 5;

    /// <summary>Erases everything, also what is written meanwhile; returns what it did.</summary>
    /// <param name="subject">The person.</param>
    /// <param name="reason">Why.</param>
    /// <param name="deadline">By when partners must have erased.</param>
    /// <param name="withHouseholds">Also the households that the person is the head of.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="ExchangeException">Nothing of the subject is, or ever was, at home here.</exception>
    public async Task<ErasureRest> EraseAsync(
        Guid subject, string reason, TimeSpan deadline, bool withHouseholds, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> households = [];
        var count = 0;
        for (var conflicts = 0; ;)
        {
            var found = await subjects.FindAsync(subject, cancellationToken);
            var standing = (await store.GetEntriesAsync(
                ErasureRow.Collection, [ErasureRow.Key(subject)], cancellationToken))[0];
            var earlier = standing is { } bytes ? ErasureRow.Read(bytes.Span) : null;
            var apart = earlier?.Retained.Select(kept => kept.Key).ToList() ?? [];
            var all = found.Own
                .Concat(withHouseholds ? found.Households : [])
                .Concat(await subjects.LiveAsync(apart, cancellationToken))
                .DistinctBy(record => record.Stored.Key)
                .ToList();
            var (erased, retained) = retention.Part(all, earlier?.Retained ?? []);
            var frozen = all.Where(record => record.Envelope.State != RecordState.Frozen
                && retained.Exists(kept => kept.Key == record.Stored.Key)).ToList();
            if (erased.Count == 0 && frozen.Count == 0 && (retained.Count == 0 || earlier is not null))
            {
                if (standing is null)
                {
                    throw ExchangeException.NotFound("subject", subject.ToString());
                }

                await retirements.RunAsync(cancellationToken);
                await store.ScrubAsync(cancellationToken);
                return new ErasureRest(count, found.Foreign, households);
            }

            var row = new ErasureRow
            {
                Time = earlier?.Time ?? time.GetUtcNow(),
                Deadline = earlier?.Deadline ?? time.GetUtcNow() + deadline,
                Reason = earlier?.Reason ?? reason,
                Records = [.. (earlier?.Records ?? []).Union(erased.Select(record => record.Stored.Key))],
                Retained = retained,
            };
            try
            {
                var write = new EntryWrite(
                    ErasureRow.Collection, ErasureRow.Key(subject), row.ToBytes(), new EntryExpectation(standing));
                await CommitAsync(write, row.Deadline, erased, frozen, cancellationToken);
                count += erased.Count;
                households = withHouseholds || found.Households.Count == 0
                    ? households
                    : [.. found.Households.Select(household => household.Stored.Key.Id.ToString())];
            }
            catch (StoreException lost) when (lost is VersionConflictException or EntryConflictException
                && ++conflicts < MaxAttempts)
            {
                // Somebody wrote meanwhile: what they wrote goes as well.
            }
        }
    }

    private async Task CommitAsync(
        EntryWrite row,
        DateTimeOffset deadline,
        IReadOnlyList<HeldRecord> erased,
        IReadOnlyList<HeldRecord> frozen,
        CancellationToken cancellationToken)
    {
        var keys = erased.Select(record => record.Stored.Key).ToList();
        var changed = keys.Concat(frozen.Select(record => record.Stored.Key)).ToList();
        var entries = new List<EntryWrite> { row };
        entries.AddRange(keys.Select(ErasureRow.Mark));
        entries.AddRange(await causes.DisclosedAsync(changed, deadline, cancellationToken));
        entries.AddRange(KeyRetirements.Queue(erased.Select(record => record.Stored)));
        entries.AddRange(await UndoEntriesAsync([.. changed], cancellationToken));
        var puts = erased.Select(Erased)
            .Concat(frozen.Select(record => SubjectRestriction.Put(codec, record, RecordState.Frozen)));
        await store.CommitAsync(new Commit { Puts = [.. puts], Entries = entries }, cancellationToken);
    }

    private RecordPut Erased(HeldRecord record)
    {
        // Nothing of it, also not where it came from: the external key leads back to the person in its source.
        var gone = new Record
        {
            HomeNode = node.Id,
            State = RecordState.Erased,
            RemovalReason = RemovalReason.ConsentWithdrawn,
        };
        return new RecordPut
        {
            Key = record.Stored.Key,
            IsTombstone = true,
            Envelope = codec.Encode(record.Stored.Key, gone, item: []).Envelope,
            ForgetsPrevious = true,
            Expect = Expectation.At(record.Stored.Version),
        };
    }

    // What undoable streams replaced is kept for 35 days, by stream and number: all of it is looked through.
    private async Task<List<EntryWrite>> UndoEntriesAsync(
        HashSet<RecordKey> erased, CancellationToken cancellationToken)
    {
        var drops = new List<EntryWrite>();
        await foreach (var entry in store.ReadAllEntriesAsync(PutScope.Undo, default, cancellationToken))
        {
            if (erased.Contains(UndoEntry.KeyOf(entry.Value)))
            {
                drops.Add(EntryWrite.Delete(PutScope.Undo, entry.Key));
            }
        }

        return drops;
    }
}

/// <summary>What an erasure did, and what it left alone.</summary>
/// <param name="Erased">How many records it erased.</param>
/// <param name="Foreign">How many records about the person have another home.</param>
/// <param name="Households">The ids of households whose head the person was.</param>
internal sealed record ErasureRest(int Erased, uint Foreign, IReadOnlyList<string> Households);
