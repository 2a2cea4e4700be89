using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Subjects;

/// <summary>
/// Destroys the keys of erased persons, so that no backup of the database can be read about them. What stays of a
/// person (a placement event of another node) is sealed under the next key before. Which keys are to go is written in
/// the commit of the erasure, so that a crash in between only delays it.
/// </summary>
internal sealed partial class KeyRetirements(
    IRecordStore store,
    SealingStore sealing,
    DataKeys keys,
    SealedEntries entries,
    RetractionCauses causes,
    RecordKinds kinds,
    ILogger<KeyRetirements> log) : IDisposable
{
    /// <summary>The entries of keys that are to go, by their ids; each holds its subject.</summary>
    public const string Collection = "key-retirements";

    private const int PageSize = 1000;

    // One at a time: two would destroy what the other one seals.
    private readonly SemaphoreSlim _running = new(1);

    /// <summary>
    /// The keys that some records were sealed under are to be destroyed; for the commit that erases them.
    /// </summary>
    public static IEnumerable<EntryWrite> Queue(IEnumerable<StoredRecord?> erased) => erased
        .OfType<StoredRecord>()
        .Select(record => (Under: SealedUnder.Read(record.Payload.Span), Subject: SubjectOf(record)))
        .Where(found => found.Under is not null)
        .Select(found => Entry(found.Under!.Value.Id, found.Subject))
        .DistinctBy(entry => Convert.ToHexString(entry.Key.Span));

    /// <summary>The keys of an id are to be destroyed; false when it has none.</summary>
    public async Task<bool> QueueAsync(Guid id, CancellationToken cancellationToken)
    {
        if (keys.Store.Load(id).Keys.Count == 0)
        {
            return false;
        }

        await store.CommitAsync(new Commit { Entries = [Entry(id, id)] }, cancellationToken);
        return true;
    }

    /// <summary>Destroys what is queued; returns how many persons' keys that were.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await _running.WaitAsync(cancellationToken);
        try
        {
            var count = 0;
            while (await QueuedAsync(cancellationToken) is { Count: > 0 } page)
            {
                await RetireAsync(page, cancellationToken);
                await store.CommitAsync(
                    new Commit { Entries = [.. page.Select(entry => EntryWrite.Delete(Collection, entry.Key))] },
                    cancellationToken);
                count += page.Count;
            }

            return count;
        }
        finally
        {
            _running.Release();
        }
    }

    public void Dispose() => _running.Dispose();

    private Task<IReadOnlyList<Entry>> QueuedAsync(CancellationToken cancellationToken) =>
        store.ReadEntriesAsync(Collection, default, default, PageSize, cancellationToken);

    private async Task RetireAsync(IReadOnlyList<Entry> queued, CancellationToken cancellationToken)
    {
        var ids = queued.Select(entry => new Guid(entry.Key.Span, bigEndian: true)).ToList();
        var upTo = await sealing.RetireAsync(ids, cancellationToken);
        bool IsOld(SealedUnder? under) => under is { } key && key.Generation <= upTo.GetValueOrDefault(key.Id);

        var subjects = queued.Select(entry => new Guid(entry.Value.Span, bigEndian: true)).Distinct().ToList();
        foreach (var subject in subjects)
        {
            await SealAnewAsync(subject, IsOld, cancellationToken);
        }

        await entries.SealAnewAsync(IsOld, cancellationToken);
        await keys.DestroyAsync(upTo, cancellationToken);
        subjects.ForEach(Destroyed);
    }

    private async Task SealAnewAsync(
        Guid subject, Predicate<SealedUnder?> isOld, CancellationToken cancellationToken)
    {
        var own = kinds.All.Where(kind => kind.IsPersonal).Select(kind => new RecordKey(kind.Name, subject));
        var naming = await causes.NamingAsync(subject.ToString(), cancellationToken);
        foreach (var page in own.Concat(naming).Distinct().Chunk(PageSize))
        {
            var found = await store.GetManyAsync(page, cancellationToken);
            var left = found.OfType<StoredRecord>().Where(record => isOld(SealedUnder.Read(record.Payload.Span)));
            var replacements = left.Select(Replacement).OfType<PayloadReplacement>().ToList();
            if (replacements.Count > 0)
            {
                await store.CommitAsync(new Commit { Replacements = replacements }, cancellationToken);
            }
        }
    }

    private static Guid SubjectOf(StoredRecord record) =>
        RecordCodec.TryEnvelope(record)?.SubjectIds is [var subject] && Guid.TryParse(subject, out var id)
            ? id
            : record.Key.Id;

    private static EntryWrite Entry(Guid id, Guid subject) =>
        new(Collection, RecordKeyBytes.OfId(id), RecordKeyBytes.OfId(subject));

    private PayloadReplacement? Replacement(StoredRecord record)
    {
        try
        {
            var id = SealedUnder.Read(record.Payload.Span)!.Value.Id;
            return new(record.Key, record.Payload, keys.Reseal(id, record.Key, record.Payload.Span));
        }
        catch (Exception exception) when (StoredDamage.Is(exception))
        {
            // Nobody can read it now either.
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "The keys of subject {Subject} were destroyed")]
    private partial void Destroyed(Guid subject);
}
