using System.Text;
using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// Who may see which persons because a placement event named them. Kept apart from the events, so that a page of the
/// feed is held against it with one read.
///
/// A sighting is filed under the node that wrote the event, and counts only for persons whose home that node is:
/// otherwise a city could bring anybody into its own sight by naming them.
/// </summary>
internal static class Sightings
{
    /// <summary>The collection that holds whom a peer may see.</summary>
    public static string Collection(string peer) => $"sight/{peer}";

    /// <summary>The entry that stands when <paramref name="grantor"/> brought a person into sight.</summary>
    public static byte[] Key(RecordKey person, string grantor) =>
        RecordKeyBytes.Of(person, Encoding.UTF8.GetBytes(grantor));

    /// <summary>
    /// What to write in the commit that stores a record, local or received: the sightings that it makes, and the queue
    /// entries that let the persons' records follow. Empty for most records.
    /// </summary>
    /// <param name="record">The record that is stored.</param>
    /// <param name="homeNode">Its home node, which wrote it.</param>
    /// <param name="facts">What its kind tells of it.</param>
    /// <param name="thisNode">This node's id.</param>
    /// <param name="now">The wall clock.</param>
    public static IEnumerable<EntryWrite> EntriesFor(
        RecordKey record, string homeNode, RecordFacts facts, string thisNode, DateTimeOffset now)
    {
        foreach (var sighting in facts.Sightings)
        {
            // Nobody needs leave to see what is at home there: not this node, and not the one that wrote the event. Who
            // voids an event may be the one that it let see the person.
            var needsLeave = sighting.Node != thisNode && (sighting.IsDoubt || sighting.Node != homeNode);
            if (!needsLeave || !NodeIds.IsValid(sighting.Node))
            {
                continue;
            }

            if (sighting.IsDoubt)
            {
                yield return ReprojectionQueue.Ask(sighting.Node, sighting.Subject, record.Id, new Ask(now, null));
                continue;
            }

            // The event's id, so that whoever ends the sighting notices one that came meanwhile.
            yield return new EntryWrite(
                Collection(sighting.Node), Key(sighting.Subject, homeNode), record.Id.ToByteArray(bigEndian: true));
            yield return ReprojectionQueue.Add(sighting.Node, sighting.Subject, record.Id);
        }
    }
}
