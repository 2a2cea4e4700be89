using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Subjects;

/// <summary>Finds everything that is held here about one person.</summary>
internal sealed class SubjectRecords(
    IRecordStore store, RecordKinds kinds, RetractionCauses causes, NodeIdentity node)
{
    /// <summary>Reads a subject's id as callers send it.</summary>
    /// <exception cref="ExchangeException">It is no id.</exception>
    public static Guid ParseId(string id) => RecordResolver.ParseId("subject_id", id);

    /// <summary>The live records about a person: the person's own, and those that name it.</summary>
    public async Task<SubjectHoldings> FindAsync(Guid subject, CancellationToken cancellationToken)
    {
        var keys = kinds.All.Where(kind => kind.IsPersonal).Select(kind => new RecordKey(kind.Name, subject));
        var naming = await causes.NamingAsync(subject.ToString(), cancellationToken);
        var found = await store.GetManyAsync([.. keys, .. naming], cancellationToken);
        var own = new List<HeldRecord>();
        var foreign = new List<HeldRecord>();
        var damaged = 0u;
        foreach (var record in found)
        {
            if (record is not { IsTombstone: false })
            {
                continue;
            }

            if (RecordCodec.TryEnvelope(record) is not { } envelope)
            {
                damaged++;
            }
            else if (envelope.HomeNode != node.Id)
            {
                foreign.Add(new HeldRecord(record, envelope));
            }
            else if (envelope.SubjectIds.Contains(subject.ToString()))
            {
                own.Add(new HeldRecord(record, envelope));
            }
        }

        return new SubjectHoldings(own, foreign, await HouseholdsAsync(own, cancellationToken), damaged);
    }

    /// <summary>The live ones of some records of this node.</summary>
    public async Task<List<HeldRecord>> LiveAsync(
        IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        var found = await store.GetManyAsync(keys, cancellationToken);
        return
        [
            .. found.OfType<StoredRecord>()
                .Where(record => !record.IsTombstone)
                .Select(record => (Stored: record, Envelope: RecordCodec.TryEnvelope(record)))
                .Where(record => record.Envelope?.HomeNode == node.Id)
                .Select(record => new HeldRecord(record.Stored, record.Envelope!)),
        ];
    }

    // The blind token of an ID number is the same under both indexes, so nothing needs to be unsealed.
    private async Task<IReadOnlyList<HeldRecord>> HouseholdsAsync(
        List<HeldRecord> own, CancellationToken cancellationToken)
    {
        var households = new List<HeldRecord>();
        foreach (var token in own.SelectMany(record => record.Stored.Keys).Where(key => key.Name == IndexNames.Person))
        {
            var query = new RecordQuery(HouseholdKind.KindName)
            {
                Index = HouseholdKind.HeadIndex,
                Value = token.Value,
            };
            var page = await store.QueryAsync(query, cancellationToken);
            households.AddRange(await LiveAsync([.. page.Records.Select(record => record.Key)], cancellationToken));
        }

        return households;
    }
}

/// <summary>What is held about one person.</summary>
/// <param name="Own">Live records whose home is here.</param>
/// <param name="Others">Live ones that have another home.</param>
/// <param name="Households">Households of this node whose head the person is.</param>
/// <param name="Damaged">How many were damaged in the store, so that nobody can tell whose they are.</param>
internal sealed record SubjectHoldings(
    IReadOnlyList<HeldRecord> Own,
    IReadOnlyList<HeldRecord> Others,
    IReadOnlyList<HeldRecord> Households,
    uint Damaged)
{
    /// <summary>How many live ones have another home.</summary>
    public uint Foreign => (uint)Others.Count;
}

/// <summary>A record with its envelope.</summary>
/// <param name="Stored">As the store has it.</param>
/// <param name="Envelope">Its envelope, without payload bytes.</param>
internal sealed record HeldRecord(StoredRecord Stored, Record Envelope);
