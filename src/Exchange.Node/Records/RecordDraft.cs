using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>A checked write, ready to commit.</summary>
internal sealed class RecordDraft
{
    public required RecordKey Key { get; init; }

    /// <summary>Envelope and payload to store.</summary>
    public required Record Record { get; init; }

    public RecordFacts Facts { get; init; } = RecordFacts.None;

    /// <summary>All declared keys, the external one included.</summary>
    public IReadOnlyList<IndexKey> Keys { get; init; } = [];

    /// <summary>What stands in the store now; null for a new record.</summary>
    public StoredRecord? Existing { get; init; }

    public bool IsDelete { get; init; }

    /// <summary>The envelope that stands in the store; null for a new record and one that was gone.</summary>
    public Record? Before { get; init; }

    /// <summary>What stands in the store is damaged, so that nobody can tell what hung on it.</summary>
    public bool WasUnreadable { get; init; }

    /// <summary>Fields whose record isn't here yet.</summary>
    public IReadOnlyList<string> WaitingFields { get; init; } = [];

    /// <summary>What a vacancy is held for.</summary>
    public IReadOnlyList<string> HeldTerms { get; init; } = [];

    /// <summary>The store holds exactly this already; nothing needs to be written.</summary>
    public bool IsUnchanged { get; init; }
}
