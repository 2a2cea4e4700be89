using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Disclosures;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Subjects;

/// <summary>Shows all that is held about a person, for the answer to the person's own request.</summary>
internal sealed class SubjectAccess(
    IRecordStore store,
    SubjectRecords subjects,
    SubjectDisclosures disclosures,
    Erasures erasures,
    RecordCodec codec,
    AuditReads reads,
    NodeIdentity node,
    TimeProvider time)
{
    /// <summary>The parts of the answer: the summary, records, and what partners were given.</summary>
    /// <param name="subject">The person.</param>
    /// <param name="purpose">What it is shown for.</param>
    /// <param name="reach">What the caller reaches; the rest is counted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ExchangeException">Nothing is held, and nobody was erased.</exception>
    public async IAsyncEnumerable<ShowSubjectResponse> ShowAsync(
        Guid subject,
        string purpose,
        CallReach reach,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var held = await subjects.FindAsync(subject, cancellationToken);
        var isErased = await ErasureRow.FindAsync(store, subject, cancellationToken) is not null;
        var all = held.Own.Concat(held.Others).ToList();
        if (all.Count == 0 && held.Damaged == 0 && !isErased)
        {
            throw ExchangeException.NotFound("subject", subject.ToString());
        }

        var records = new List<HeldRecord>();
        foreach (var record in all)
        {
            if (await reach.ReadsAsync(record.Stored, cancellationToken))
            {
                records.Add(record);
            }
        }

        await reads.NoteSubjectAsync(
            subject, records.Select(record => record.Stored.Key), purpose, cancellationToken);
        yield return new ShowSubjectResponse
        {
            Summary = new SubjectSummary
            {
                SubjectId = subject.ToString(),
                Node = node.Id,
                ShowTime = time.GetUtcNow().ToTimestamp(),
                OwnCount = (uint)held.Own.Count,
                ForeignCount = held.Foreign,
                HouseholdIds = { held.Households.Select(household => household.Stored.Key.Id.ToString()) },
                OutOfReachCount = (uint)(all.Count - records.Count),
                DamagedCount = held.Damaged,
                Erasure = isErased ? await erasures.GetAsync(subject, cancellationToken) : null,
            },
        };
        foreach (var record in records)
        {
            yield return new ShowSubjectResponse { Record = Whole(record) };
        }

        if (held.Own.Count > 0 || isErased)
        {
            foreach (var partner in (await disclosures.FindAsync(subject, cancellationToken)).Answer.Partners)
            {
                var views = partner.Views.Where(view => reach.Reach.ReadsKind(view.Kind)).ToList();
                partner.Views.Clear();
                partner.Views.AddRange(views);
                if (views.Count > 0)
                {
                    yield return new ShowSubjectResponse { Disclosed = partner };
                }
            }
        }
    }

    // A frozen record is shown to nobody but the person that it is about.
    private Record Whole(HeldRecord held)
    {
        var record = held.Envelope.Clone();
        record.Etag = Etag.Format(held.Stored.Version);
        if (record.Payload is not null)
        {
            try
            {
                record.Payload.Value = UnsafeByteOperations.UnsafeWrap(codec.Payload(held.Stored));
            }
            catch (Exception exception) when (StoredDamage.Is(exception))
            {
                // It was damaged, or a restored backup brought it back after its key was destroyed: nobody can read it.
                record.Payload = null;
            }
        }

        return record;
    }
}
