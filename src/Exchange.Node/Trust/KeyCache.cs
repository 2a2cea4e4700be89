using System.Diagnostics.CodeAnalysis;

namespace Exchange.Node.Trust;

/// <summary>
/// The keys that were asked for last. Of two halves the older one is dropped whole once the younger is full, so that
/// keeping order costs nothing.
/// </summary>
internal sealed class KeyCache
{
    /// <summary>How many ids a half holds.</summary>
    public const int Size = 8192;

    private Dictionary<Guid, DataKeySet> _young = [];
    private Dictionary<Guid, DataKeySet> _old = [];

    public bool Has(Guid id) => _young.ContainsKey(id) || _old.ContainsKey(id);

    public bool TryGet(Guid id, [NotNullWhen(true)] out DataKeySet? set)
    {
        if (_young.TryGetValue(id, out set))
        {
            return true;
        }

        if (!_old.Remove(id, out set))
        {
            return false;
        }

        Put(id, set);
        return true;
    }

    public void Put(Guid id, DataKeySet set)
    {
        if (_young.Count >= Size)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[id] = set;
    }

    public void Remove(Guid id)
    {
        _young.Remove(id);
        _old.Remove(id);
    }
}
