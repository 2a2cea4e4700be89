using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>How many changes of each kind went one way.</summary>
internal sealed class KindCounts
{
    // Kinds come from outside: their number must have an end.
    private const int MaxKinds = 64;

    private readonly Dictionary<string, ulong> _counts = new(StringComparer.Ordinal);

    /// <summary>The counts so far.</summary>
    public IReadOnlyDictionary<string, ulong> Snapshot =>
        new Dictionary<string, ulong>(_counts, StringComparer.Ordinal);

    public void Add(IEnumerable<SyncChange> changes)
    {
        foreach (var change in changes)
        {
            var kind = change.Record?.Kind ?? change.Removal?.Kind ?? "";
            kind = _counts.Count < MaxKinds || _counts.ContainsKey(kind) ? kind : "other";
            _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        }
    }
}
