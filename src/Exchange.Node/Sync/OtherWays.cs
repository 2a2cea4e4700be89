using System.Text;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// What becomes of a change whose record was given by another node before: a record may come from its home and from
/// hubs that pass it on, each with a view and revisions of its own.
///
/// One copy is held, of whoever gave it first. Others are kept aside, count in the digest of their way, and one of them
/// takes its place when the first giver takes its copy back; so a removal never takes away what another still gives.
/// Only the home's own word that a person was erased or frozen empties all ways at once.
///
/// A node that took the place of another becomes the home of that node's records with the first word that it gives of
/// each, unless they were gone for good. What the node before takes back from then on changes nothing.
/// </summary>
internal sealed class OtherWays(
    IRecordStore store, FlowTerms terms, IReadOnlyList<string> hubs, Successions successions, TimeProvider time)
{
    /// <summary>Decides about a change that met a record which isn't its sender's.</summary>
    public IncomingChange Meet(IncomingChange change, StoredRecord stored)
    {
        if (IsHandedOver(change, stored))
        {
            return change.TakeOver(stored);
        }

        if (change.Change.Removal is not null && IsWithHeir(change.Version.Node, stored))
        {
            return change.Leave();
        }

        if (!IsSameHome(change, stored))
        {
            return change.Refuse(Refusal.NotFromHome(terms.From));
        }

        if (change.Change.Removal is { } removal)
        {
            var empties = !stored.IsTombstone && change.Home == terms.From && IsErasure(removal);
            return empties ? change.TakeOver(stored) : change.Leave();
        }

        return MayTakeOver(change, stored)
            ? change.TakeOver(stored)
            : change.Refuse(Refusal.HeldFromAnother(Encoding.UTF8.GetString(StoredEnvelope.Giver(stored))));
    }

    /// <summary>Whether a copy that is kept aside may be used, beside what is stored of its record now.</summary>
    public bool MayUse(IncomingChange change, StoredRecord? stored) =>
        stored is null
        || StoredEnvelope.IsFrom(stored, Encoding.UTF8.GetBytes(terms.From))
        || MayTakeOver(change, stored);

    /// <summary>
    /// Refuses what a hub passes on, or the successor of its home gives, although the home told that the person was
    /// erased.
    /// </summary>
    public async Task<List<IncomingChange>> RefuseErasedAsync(
        List<IncomingChange> changes, CancellationToken cancellationToken)
    {
        var homes = changes.Where(IsPassedOn).Select(change => change.Home)
            .Concat(changes.Exists(IsPersonal) ? terms.Predecessors : []);
        foreach (var home in homes.ToHashSet())
        {
            var found = await store.GetEntriesAsync(
                Fences.Collection(home), changes.ConvertAll(change => change.KeyBytes), cancellationToken);
            for (var i = 0; i < found.Count; i++)
            {
                if (found[i] is { } fence && IsPersonal(changes[i]) && IsOf(changes[i], home)
                    && FenceRow.Read(fence.Span).IsForGood)
                {
                    changes[i] = changes[i].Refuse(Refusal.ErasedElsewhere(home));
                }
            }
        }

        return changes;
    }

    /// <summary>
    /// Empties what hubs gave of records that their home says are erased or frozen, and puts aside what others gave of
    /// those that were handed over.
    /// </summary>
    public async Task<List<EntryWrite>> EmptyAsync(
        List<IncomingChange> changes, CancellationToken cancellationToken)
    {
        var entries = new List<EntryWrite>();
        var erased = hubs.Count == 0 ? [] : changes.FindAll(change => change.Refusal is null
            && change.Home == terms.From && change.Change.Removal is { } removal && IsErasure(removal));
        foreach (var hub in erased.Count == 0 ? [] : hubs)
        {
            var collection = QuarantineRow.Collection(hub);
            var rows = await store.GetEntriesAsync(
                collection, erased.ConvertAll(change => change.KeyBytes), cancellationToken);
            for (var i = 0; i < rows.Count; i++)
            {
                if (rows[i] is { } value && QuarantineRow.Read(value.Span) is { Discarded: null } row)
                {
                    var emptied = row with { Sealed = default, Discarded = Emptied() };
                    entries.Add(new EntryWrite(
                        collection, erased[i].KeyBytes, emptied.ToBytes(), new EntryExpectation(value)));
                }
            }
        }

        // The other giver's digest goes on counting what it gave until it takes it back itself.
        var handedOver = new Discard(time.GetUtcNow(), $"'{terms.From}' took it over");
        foreach (var giver in changes.Where(change => change.TakenOver is { IsTombstone: false })
            .Select(change => (change.TakenOver!, change.Change.Removal is null ? handedOver : Emptied()))
            .GroupBy(copy => Encoding.UTF8.GetString(StoredEnvelope.Giver(copy.Item1)), StringComparer.Ordinal))
        {
            await PutAside.AddAsync(store, giver.Key, [.. giver], entries, cancellationToken);
        }

        return entries;
    }

    private Discard Emptied() => new(time.GetUtcNow(), "its home took it back for good");

    private bool IsPassedOn(IncomingChange change) => IsPersonal(change) && change.Home != terms.From;

    private static bool IsPersonal(IncomingChange change) =>
        change is { Refusal: null, IsPersonal: true, Change.Record: not null };

    private bool IsOf(IncomingChange change, string home) =>
        change.Home == home || (change.Home == terms.From && terms.Predecessors.Contains(home));

    // What the node before has deleted or erased stays so; what it only takes back was to be handed over.
    private bool IsHandedOver(IncomingChange change, StoredRecord stored) =>
        change.Change.Record is not null
        && change.Home == terms.From
        && terms.Predecessors.Contains(Encoding.UTF8.GetString(StoredEnvelope.HomeNode(stored)))
        && (!stored.IsTombstone
            || RemovalNote.Read(StoredEnvelope.Note(stored)).Reason == RemovalReason.LeftScope);

    private bool IsWithHeir(string home, StoredRecord stored) =>
        successions.HeirsOf(home).Contains(Encoding.UTF8.GetString(StoredEnvelope.HomeNode(stored)));

    // A hub that hasn't heard of a withdrawal yet must not undo it.
    private static bool MayTakeOver(IncomingChange change, StoredRecord stored)
    {
        if (!stored.IsTombstone)
        {
            return false;
        }

        var isHomesWord = StoredEnvelope.Giver(stored).SequenceEqual(Encoding.UTF8.GetBytes(change.Home));
        return !isHomesWord
            || RemovalNote.Read(StoredEnvelope.Note(stored)).Reason != RemovalReason.ConsentWithdrawn
            || change.Version.CompareTo(stored.Version) > 0;
    }

    // A removal doesn't say whose the record is; its version does.
    private static bool IsSameHome(IncomingChange change, StoredRecord stored)
    {
        var home = change.Change.Removal is null ? change.Home : change.Version.Node;
        return StoredEnvelope.HomeNode(stored).SequenceEqual(Encoding.UTF8.GetBytes(home))
            || (stored.IsTombstone && stored.Version.Node == home);
    }

    private static bool IsErasure(Removal removal) =>
        removal.Reason == RemovalReason.ConsentWithdrawn && removal.ConsentVersion is 0 or RemovalNote.Erased;
}
