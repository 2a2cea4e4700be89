using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Brings records together with what decides over them, with one read for a page and kind of knowledge.
/// </summary>
internal sealed class CandidateReader(IRecordStore store, FlowTerms terms)
{
    private readonly byte[] _home = Encoding.UTF8.GetBytes(terms.From);

    /// <summary>
    /// Returns the records that are at home here, or passed on, and of a kind that flows, or once did.
    /// </summary>
    /// <param name="records">Some records, in feed order.</param>
    /// <param name="state">What is remembered of the peer.</param>
    /// <param name="areNew">None of them was ever sent, so that the register needn't be asked.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task<Candidate[]> ReadAsync(
        IReadOnlyList<StoredRecord?> records, OutgoingState state, bool areNew, CancellationToken cancellationToken)
    {
        var own = Select(records, state);
        if (own.Length == 0)
        {
            return own;
        }

        if (!areNew)
        {
            var keys = Array.ConvertAll(own, candidate => candidate.Key);
            var rows = await DisclosureRegister.FindAsync(store, terms.To, keys, cancellationToken);
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = own[i] with { Row = rows[i] };
            }

            await OpenRetractions.AddToAsync(own, store, terms.To, state, cancellationToken);
        }

        await LookForSightingsAsync(own, cancellationToken);
        await LookAtSubjectsAsync(own, cancellationToken);
        return own;
    }

    private Candidate[] Select(IReadOnlyList<StoredRecord?> records, OutgoingState state)
    {
        var own = new Candidate[records.Count];
        var count = 0;
        for (var i = 0; i < own.Length; i++)
        {
            if (records[i] is not { } record)
            {
                continue;
            }

            var kind = terms.For(record.Key.Kind);
            if (kind is null && !state.Kinds.Contains(record.Key.Kind))
            {
                continue;
            }

            if (StoredEnvelope.HomeNode(record).SequenceEqual(_home))
            {
                own[count++] = new Candidate(record, RecordKeyBytes.Of(record.Key), kind, Row: null, Sight: null);
            }
            else if (OriginOf(record, state) is { } origin)
            {
                // Only what came from its home itself is passed on, so that nothing goes in circles.
                var mayPass = terms.Origins.Contains(origin)
                    && StoredEnvelope.IsFrom(record, StoredEnvelope.HomeNode(record));
                own[count++] = new Candidate(
                    record, RecordKeyBytes.Of(record.Key), mayPass ? kind : null, Row: null, Sight: null)
                {
                    Origin = origin,
                    IsBarred = !mayPass,
                };
            }
        }

        return own[..count];
    }

    // The home of a record that is passed on, or was once.
    private string? OriginOf(StoredRecord record, OutgoingState state)
    {
        if (terms.Origins.Count + state.Origins.Count == 0)
        {
            return null;
        }

        var home = Encoding.UTF8.GetString(StoredEnvelope.HomeNode(record));
        return terms.Origins.Contains(home) || state.Origins.Contains(home) ? home : null;
    }

    // What names a person follows that person's basis. A person whose records aren't given to the peer by this node is
    // the business of whoever does.
    private async Task LookAtSubjectsAsync(Candidate[] candidates, CancellationToken cancellationToken)
    {
        var wanted = new List<RecordKey>();
        var places = new List<int>();
        for (var i = 0; i < candidates.Length; i++)
        {
            if (candidates[i] is { Kind.FollowsWorkers: true, Stored.IsTombstone: false } shared
                && RecordCodec.TryEnvelope(shared.Stored) is { } envelope)
            {
                foreach (var worker in WorkersOf(shared.Stored.Key, envelope))
                {
                    wanted.Add(worker);
                    places.Add(i);
                }
            }
        }

        if (wanted.Count == 0)
        {
            return;
        }

        var distinct = wanted.Distinct().ToList();
        var found = await store.GetManyAsync(distinct, cancellationToken);
        var lacking = distinct.Zip(found).ToDictionary(pair => pair.First, pair => Lacking(pair.Second));
        for (var i = 0; i < wanted.Count; i++)
        {
            var others = candidates[places[i]].Lacking;
            candidates[places[i]] = candidates[places[i]] with { Lacking = others | lacking[wanted[i]] };
        }
    }

    private static IEnumerable<RecordKey> WorkersOf(RecordKey record, Record envelope)
    {
        var own = record.Id.ToString();
        return envelope.SubjectIds.Where(subject => subject != own)
            .SelectMany(subject => ReferenceRules.To(WorkerKind.KindName, subject));
    }

    private uint Lacking(StoredRecord? person)
    {
        if (person is null)
        {
            return 0;
        }

        var home = StoredEnvelope.HomeNode(person);
        if (!home.IsEmpty && !home.SequenceEqual(_home) && !terms.Origins.Contains(Encoding.UTF8.GetString(home)))
        {
            return 0;
        }

        // Somebody whose envelope is damaged has no basis that anybody could show.
        if (RecordCodec.TryEnvelope(person) is not { State: RecordState.Active } envelope)
        {
            return uint.MaxValue;
        }

        var lacking = 0u;
        for (var i = 0; i < terms.Purposes.Count; i++)
        {
            lacking |= Admission.HasBasis(envelope.LegalBasis, terms, terms.Purposes[i]) ? 0 : 1u << i;
        }

        return lacking;
    }

    private async Task LookForSightingsAsync(Candidate[] candidates, CancellationToken cancellationToken)
    {
        var keys = new List<ReadOnlyMemory<byte>>();
        var places = new List<int>();
        for (var i = 0; i < candidates.Length; i++)
        {
            if (candidates[i].Kind is { AsksForSight: true })
            {
                keys.Add(Sightings.Key(candidates[i].Stored.Key, candidates[i].Origin ?? terms.From));
                places.Add(i);
            }
        }

        if (keys.Count == 0)
        {
            return;
        }

        foreach (var recipient in terms.Recipients)
        {
            var found = await store.GetEntriesAsync(Sightings.Collection(recipient), keys, cancellationToken);
            for (var i = 0; i < places.Count; i++)
            {
                candidates[places[i]] = candidates[places[i]] with { Sight = candidates[places[i]].Sight ?? found[i] };
            }
        }

        var sighted = places.FindAll(place => candidates[place].Sight is not null);
        await LookForDoubtsAsync(candidates, sighted, cancellationToken);
    }

    private async Task LookForDoubtsAsync(
        Candidate[] candidates, List<int> sighted, CancellationToken cancellationToken)
    {
        if (sighted.Count == 0)
        {
            return;
        }

        var keys = sighted.ConvertAll(
            place => (ReadOnlyMemory<byte>)Sightings.DoubtKey(candidates[place].Stored.Key));
        foreach (var recipient in terms.Recipients)
        {
            var found = await store.GetEntriesAsync(Sightings.Collection(recipient), keys, cancellationToken);
            for (var i = 0; i < found.Count; i++)
            {
                var isDoubted = candidates[sighted[i]].IsDoubted || found[i] is not null;
                candidates[sighted[i]] = candidates[sighted[i]] with { IsDoubted = isDoubted };
            }
        }
    }
}
