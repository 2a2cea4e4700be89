using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Access;

/// <summary>The reach of one call, with what is needed to look records up.</summary>
/// <param name="Reach">What the caller reaches.</param>
/// <param name="Records">Finds what is to be known of records; not asked when everything is reached.</param>
internal readonly record struct CallReach(Reach Reach, RecordReach? Records)
{
    private const int MaxReadsAPage = 20;

    /// <summary>The reach of the node's own work.</summary>
    public static CallReach Whole { get; } = new(Reach.Whole, Records: null);

    public ValueTask<bool> ReadsAsync(StoredRecord stored, CancellationToken cancellationToken) =>
        Reach.IsWhole ? new(true) : Records!.ReadsAsync(Reach, stored, cancellationToken);

    public ValueTask<bool> ReadsAsync(Placement placement, CancellationToken cancellationToken) =>
        Reach.IsWhole ? new(true) : Records!.ReadsPlacementAsync(Reach, placement, cancellationToken);

    public ValueTask<bool> WritesAsync(StoredRecord stored, CancellationToken cancellationToken) =>
        Reach.IsWhole ? new(true) : Records!.WritesAsync(Reach, stored, cancellationToken);

    public ValueTask<bool> ReachesPlaceAsync(StoredRecord stored, CancellationToken cancellationToken) =>
        Reach.IsWhole ? new(true) : Records!.ReachesPlaceAsync(Reach, stored, cancellationToken);

    /// <summary>Refuses to read what isn't reached.</summary>
    /// <exception cref="ExchangeException">It isn't.</exception>
    public async ValueTask RequireReadAsync(RecordKey key, CancellationToken cancellationToken)
    {
        if (!Reach.IsWhole && !await Records!.ReadsAsync(Reach, key, cancellationToken))
        {
            throw Reach.Outside(key.Kind);
        }
    }

    /// <summary>Refuses to write over what isn't reached; what is gone can be written anew.</summary>
    /// <exception cref="ExchangeException">It isn't reached.</exception>
    public async ValueTask RequireWriteAsync(StoredRecord? existing, CancellationToken cancellationToken)
    {
        if (existing is { IsTombstone: false } && !await WritesAsync(existing, cancellationToken))
        {
            throw Reach.Outside(existing.Key.Kind);
        }
    }

    /// <summary>Refuses to write what wouldn't be reached.</summary>
    /// <exception cref="ExchangeException">It wouldn't.</exception>
    public async ValueTask RequireWriteAsync(RecordDraft draft, CancellationToken cancellationToken)
    {
        if (!Reach.IsWhole && !await Records!.WritesAsync(Reach, draft, cancellationToken))
        {
            throw Reach.Outside(draft.Key.Kind, "record");
        }
    }

    public ValueTask<bool> ReadsSubjectAsync(Guid subject, CancellationToken cancellationToken) =>
        Reach.IsWhole ? new(true) : Records!.ReadsSubjectAsync(Reach, subject, cancellationToken);

    /// <summary>Refuses to touch a person who isn't reached.</summary>
    /// <exception cref="ExchangeException">It isn't.</exception>
    public async ValueTask RequireSubjectAsync(Guid subject, CancellationToken cancellationToken)
    {
        if (!await ReadsSubjectAsync(subject, cancellationToken))
        {
            throw Reach.Outside("subject", "subject_id");
        }
    }

    /// <summary>The error for what isn't here, which whoever reaches a part only doesn't learn.</summary>
    public ExchangeException Missing(string kind, string id) =>
        Reach.IsWhole ? ExchangeException.NotFound(kind, id) : Reach.Outside(kind);

    /// <summary>
    /// A page of what is reached, and where to go on. It comes back short when little is: so a page takes a while at
    /// most.
    /// </summary>
    public async ValueTask<(IReadOnlyList<StoredRecord> Found, QueryCursor? Next)> QueryAsync(
        IRecordStore store, RecordQuery query, CancellationToken cancellationToken)
    {
        var found = new List<StoredRecord>();
        for (var read = 0; read < MaxReadsAPage; read++)
        {
            var page = await store.QueryAsync(query, cancellationToken);
            if (Reach.IsWhole)
            {
                return (page.Records, page.Next);
            }

            found.AddRange(await FilterAsync(page.Records, cancellationToken));
            query = query with { After = page.Next };

            // What was found is at most a page, because the first read that finds anything ends it.
            if (page.Next is null || found.Count > 0)
            {
                break;
            }
        }

        return (found, query.After);
    }

    /// <summary>Those of some records that are reached.</summary>
    public async ValueTask<IReadOnlyList<StoredRecord>> FilterAsync(
        IReadOnlyList<StoredRecord> records, CancellationToken cancellationToken)
    {
        if (Reach.IsWhole)
        {
            return records;
        }

        var reached = new List<StoredRecord>();
        foreach (var record in records)
        {
            if (await ReadsAsync(record, cancellationToken))
            {
                reached.Add(record);
            }
        }

        return reached;
    }

    /// <summary>Those of some things whose record is reached.</summary>
    public async ValueTask<IReadOnlyList<T>> FilterAsync<T>(
        IEnumerable<T> items, Func<T, RecordKey> keyOf, CancellationToken cancellationToken)
    {
        var reached = new List<T>();
        foreach (var item in items)
        {
            if (Reach.IsWhole || await Records!.ReadsAsync(Reach, keyOf(item), cancellationToken))
            {
                reached.Add(item);
            }
        }

        return reached;
    }
}
