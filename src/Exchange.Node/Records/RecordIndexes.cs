using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>All keys under which a record is found: those of its kind, and those that every kind has.</summary>
internal static class RecordIndexes
{
    /// <summary>The declared keys, the external one and the persons that it names beside itself.</summary>
    public static IReadOnlyList<IndexKey> Of(RecordKey key, RecordFacts facts, ExternalKey? external)
    {
        var own = key.Id.ToString();
        var named = facts.SubjectIds.Where(subject => subject != own).ToList();
        if (external is null && named.Count == 0)
        {
            return facts.Keys;
        }

        var keys = new List<IndexKey>(facts.Keys.Count + named.Count + 1);
        keys.AddRange(facts.Keys);
        keys.AddRange(named.Select(subject => new IndexKey(IndexNames.Subject, subject)));
        if (external is not null)
        {
            keys.Add(RecordResolver.ExternalIndexKey(external));
        }

        return keys;
    }
}
