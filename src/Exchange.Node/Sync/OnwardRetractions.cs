using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What a hub queues in the very commit that takes a partner's change in, so that what was passed on is taken back
/// ahead of all data. Costs one read of the register for each receiver, and nothing where nobody is passed anything.
/// </summary>
internal sealed class OnwardRetractions(
    IRecordStore store, RetractionCauses causes, PassedOnReports reports, IReadOnlyList<string> receivers)
{
    /// <summary>The queue entries for a batch.</summary>
    public async Task<List<EntryWrite>> FindAsync(
        IReadOnlyList<IncomingChange> changes, CancellationToken cancellationToken)
    {
        var entries = new List<EntryWrite>();
        if (receivers.Count == 0)
        {
            return entries;
        }

        reports.Forget();
        var stored = changes.Where(change => change.Put is not null).ToList();
        var passed = await PassedAsync(stored.ConvertAll(change => change.KeyBytes), cancellationToken);
        var affected = stored.Where((_, i) => passed[i]).ToList();
        var before = await store.GetManyAsync(affected.ConvertAll(change => change.Key), cancellationToken);
        for (var i = 0; i < affected.Count; i++)
        {
            if (before[i] is { IsTombstone: false } standing)
            {
                entries.AddRange(await FindAsync(affected[i], standing, cancellationToken));
            }
        }

        return entries;
    }

    private async Task<IReadOnlyList<EntryWrite>> FindAsync(
        IncomingChange change, StoredRecord standing, CancellationToken cancellationToken)
    {
        var deliverBy = change.Change.Removal?.DeliverByTime?.ToDateTimeOffset();
        if (RecordCodec.TryEnvelope(standing) is not { } before)
        {
            return await causes.UnreadableAsync(change.Key, cancellationToken, deliverBy);
        }

        var after = Next(change);
        return RetractionCauses.IsCause(before, after)
            ? await causes.FindAsync(change.Key, before, after, cancellationToken, deliverBy)
            : [];
    }

    /// <summary>To whom the records that a batch took back had been passed on, for the ack to their home.</summary>
    public async Task<IReadOnlyList<PassedOn>> TellAsync(
        IReadOnlyList<IncomingChange> changes, CancellationToken cancellationToken)
    {
        var told = new List<PassedOn>();
        foreach (var change in receivers.Count == 0 ? [] : changes)
        {
            foreach (var receiver in change is { Refusal: null, Change.Removal: not null } ? receivers : [])
            {
                if (await reports.TellAsync(change.Key, receiver, cancellationToken) is { } item)
                {
                    told.Add(item);
                }
            }
        }

        return told;
    }

    private async Task<bool[]> PassedAsync(
        List<ReadOnlyMemory<byte>> keys, CancellationToken cancellationToken)
    {
        var passed = new bool[keys.Count];
        foreach (var receiver in keys.Count == 0 ? [] : receivers)
        {
            var rows = await DisclosureRegister.FindAsync(store, receiver, keys, cancellationToken);
            for (var i = 0; i < rows.Length; i++)
            {
                passed[i] |= rows[i] is not null;
            }
        }

        return passed;
    }

    private static Record Next(IncomingChange change) =>
        change.Change.Record ?? new Record { HomeNode = change.Home, State = RecordState.Deleted };
}
