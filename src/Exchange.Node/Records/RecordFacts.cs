using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What a kind tells of one record, for the store's indexes and for agreements.</summary>
internal sealed record RecordFacts
{
    public static RecordFacts None { get; } = new();

    /// <summary>Declared keys; few, because each costs every write. Never personal data in the clear.</summary>
    public IReadOnlyList<IndexKey> Keys { get; init; } = [];

    /// <summary>What agreements select by.</summary>
    public IReadOnlyList<ScopeKey> ScopeKeys { get; init; } = [];

    /// <summary>The ids of the persons that the record is about.</summary>
    public IReadOnlyList<string> SubjectIds { get; init; } = [];

    /// <summary>
    /// Records that this one names. One that hasn't come yet makes a synced record wait, and is never a reason to
    /// refuse it.
    /// </summary>
    public IReadOnlyList<RecordKey> References { get; init; } = [];

    /// <summary>
    /// Persons whom this record makes visible to a node: a placement event names its worker and both sides.
    /// </summary>
    public IReadOnlyList<Sighting> Sightings { get; init; } = [];
}

/// <summary>From now on a node may see a person, as far as its agreement lists fields.</summary>
/// <param name="Node">The node's id.</param>
/// <param name="Subject">The person's record.</param>
/// <param name="IsDoubt">
/// The other way about: the record voids another, so that it must be found out whether anything still lets the node see
/// the person.
/// </param>
internal sealed record Sighting(string Node, RecordKey Subject, bool IsDoubt = false);
