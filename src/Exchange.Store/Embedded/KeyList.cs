namespace Exchange.Store.Embedded;

/// <summary>Lists of a record's keys: few, so that comparing them one by one is quickest.</summary>
internal static class KeyList
{
    public static bool Contains(IReadOnlyList<IndexKey> keys, IndexKey key)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (keys[i] == key)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same keys, each name and value once; unique if any of the repeats was.</summary>
    public static IReadOnlyList<IndexKey> WithoutRepeats(IReadOnlyList<IndexKey> keys)
    {
        for (var i = 1; i < keys.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (keys[i].Name == keys[j].Name && keys[i].Value == keys[j].Value)
                {
                    return Merge(keys);
                }
            }
        }

        return keys;
    }

    private static IndexKey[] Merge(IReadOnlyList<IndexKey> keys) =>
    [
        .. keys.GroupBy(key => (key.Name, key.Value))
            .Select(same => new IndexKey(same.Key.Name, same.Key.Value, same.Any(key => key.Unique))),
    ];
}
