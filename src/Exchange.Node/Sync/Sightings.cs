using System.Text;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Who may see which persons because a placement event named them. Kept apart from the events, so that a page of the
/// feed is held against it with one read.
///
/// A sighting is filed under the node that wrote the event, and counts only for persons whose home that node is:
/// otherwise a city could bring anybody into its own sight by naming them.
///
/// A sighting is never taken away, because what voids an event may be void itself one day. The first void leaves a
/// doubt beside it, for good: from then on the events themselves are asked (<see cref="SightCheck"/>).
/// </summary>
internal static class Sightings
{
    // No node has such an id.
    private static readonly byte[] Doubt = [.. "?"u8];

    /// <summary>The collection that holds whom a peer may see.</summary>
    public static string Collection(string peer) => $"sight/{peer}";

    /// <summary>The entry that stands when <paramref name="grantor"/> brought a person into sight.</summary>
    public static byte[] Key(RecordKey person, string grantor) =>
        RecordKeyBytes.Of(person, Encoding.UTF8.GetBytes(grantor));

    /// <summary>The entry that stands when an event that brought a person into sight may be void.</summary>
    public static byte[] DoubtKey(RecordKey person) => RecordKeyBytes.Of(person, Doubt);

    /// <summary>
    /// What to write in the commit that stores a record, local or received: the sightings that it makes, and the queue
    /// entries that let the persons' records follow. Empty for most records.
    /// </summary>
    /// <param name="record">The record that is stored.</param>
    /// <param name="homeNode">Its home node, which wrote it.</param>
    /// <param name="facts">What its kind tells of it.</param>
    /// <param name="successions">Who reads what names another, because it took that node's place.</param>
    /// <param name="now">The wall clock.</param>
    public static IEnumerable<EntryWrite> EntriesFor(
        RecordKey record, string homeNode, RecordFacts facts, Successions successions, DateTimeOffset now)
    {
        foreach (var sighting in facts.Sightings)
        {
            // Nobody needs leave to see what is at home there: not this node, and not the one that wrote the event. Who
            // voids an event may be the one that it let see the person.
            var needsLeave = sighting.Node != successions.Node && (sighting.IsDoubt || sighting.Node != homeNode);
            if (!needsLeave || !NodeIds.IsValid(sighting.Node))
            {
                continue;
            }

            var key = sighting.IsDoubt ? DoubtKey(sighting.Subject) : Key(sighting.Subject, homeNode);
            yield return new EntryWrite(Collection(sighting.Node), key, record.Id.ToByteArray(bigEndian: true));
            foreach (var reader in successions.HeirsOf(sighting.Node).Prepend(sighting.Node))
            {
                yield return sighting.IsDoubt
                    ? ReprojectionQueue.Ask(reader, sighting.Subject, record.Id, new Ask(now, null))
                    : ReprojectionQueue.Add(reader, sighting.Subject, record.Id);
            }
        }
    }

    /// <summary>
    /// What to write in the commit that takes back an event of a partner: it may have voided what brought a person into
    /// another party's sight, and voids nothing any more.
    /// </summary>
    /// <param name="record">The event as it stood.</param>
    /// <param name="successions">Who reads what names another, because it took that node's place.</param>
    public static IEnumerable<EntryWrite> EntriesForTakenBack(StoredRecord record, Successions successions)
    {
        if (record.Key.Kind != PlacementEventKind.KindName)
        {
            yield break;
        }

        // Of one that is damaged nobody can tell who its parties were; whom it names stands in its index too.
        var envelope = RecordCodec.TryEnvelope(record);
        var readers = envelope?.ScopeKeys.Where(key => key.Name == ScopeNames.Party).Select(key => key.Value)
            .Where(NodeIds.IsValid).SelectMany(party => successions.HeirsOf(party).Prepend(party));
        var workers = PlacementEventKind.WorkersOf(record.Key.Kind, envelope ?? ToEnvelope(record.Keys)).ToList();
        foreach (var reader in (readers ?? successions.Partners).Where(reader => reader != successions.Node))
        {
            foreach (var worker in workers)
            {
                yield return ReprojectionQueue.Add(reader, worker, record.Key.Id);
            }
        }
    }

    private static Record ToEnvelope(IReadOnlyList<IndexKey> keys) => new()
    {
        SubjectIds = { keys.Where(key => key.Name == IndexNames.Subject).Select(key => key.Value) },
    };
}
