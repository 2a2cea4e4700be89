using Exchange.Node.Sync;
using Exchange.Store;

namespace Exchange.Node.Records;

/// <summary>
/// What names of other records and of nodes must keep to. Whether they exist is never asked: they may arrive later.
/// </summary>
internal static class ReferenceRules
{
    /// <summary>Checks the id of a record; whether it must be set is another question.</summary>
    public static IEnumerable<FieldViolation> CheckId(string id, string path)
    {
        if (!IsId(id))
        {
            yield return new(
                path, "It must be a record's id: a UUID in lower case, such as 019aa2b4-5c6d-7e8f-9012-3456789abcde.");
        }
    }

    /// <summary>Checks the id of a node.</summary>
    public static IEnumerable<FieldViolation> CheckNode(string node, string path)
    {
        if (!NodeIds.IsValid(node))
        {
            yield return new(path, "It must be a node's id: 1 to 63 characters of a-z, 0-9 and -.");
        }
    }

    /// <summary>The record that a field names; none when it is empty or holds no id.</summary>
    public static IEnumerable<RecordKey> To(string kind, string id) =>
        IsId(id) ? [new RecordKey(kind, Guid.ParseExact(id, "D"))] : [];

    /// <summary>Whether a text is a record's id in the one writing that compares equal everywhere.</summary>
    public static bool IsId(string id) => Guid.TryParseExact(id, "D", out var value) && value.ToString() == id;
}
