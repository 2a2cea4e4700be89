using Exchange.Store;

namespace Exchange.Node.Records;

/// <summary>What the store holds of a record isn't what was written, and can't be read.</summary>
/// <param name="key">The record.</param>
/// <param name="inner">What was found.</param>
internal sealed class DamagedRecordException(RecordKey key, Exception? inner = null) : Exception(
    $"What this node's store holds of {key.Kind} '{key.Id}' is damaged. 'exchange verify' repairs what came from a "
    + "partner; of this node's own, restore a backup, or delete it and write it anew.",
    inner)
{
    /// <summary>The record.</summary>
    public RecordKey Key { get; } = key;
}
