using Held = System.Collections.Generic.Dictionary<
    (string Kind, string Index, string Value), Exchange.Store.RecordKey>;

namespace Exchange.Store.Embedded;

/// <summary>
/// At most one live record of a kind holds an index value with the unique mark, once the commit is through.
/// </summary>
internal static class UniqueKeys
{
    public static DuplicateKeyException? Check(IEngineWriter writer, PlannedPut[] puts)
    {
        Held? held = null;
        foreach (var put in puts)
        {
            if (put.Next is { } next && Claim(next, ref held) is { } conflict)
            {
                return conflict;
            }
        }

        return held is null ? null : CheckStored(writer, puts);
    }

    // Two puts of this commit must not claim the same value.
    private static DuplicateKeyException? Claim(StoredRecord record, ref Held? held)
    {
        foreach (var key in record.Keys)
        {
            if (key.Unique && !(held ??= []).TryAdd((record.Key.Kind, key.Name, key.Value), record.Key))
            {
                return new DuplicateKeyException(
                    record.Key, key.Name, held[(record.Key.Kind, key.Name, key.Value)]);
            }
        }

        return null;
    }

    // A stored record that this commit rewrites doesn't count: what it holds afterwards is among the claims.
    private static DuplicateKeyException? CheckStored(IEngineWriter writer, PlannedPut[] puts)
    {
        HashSet<RecordKey>? rewritten = null;
        foreach (var put in puts)
        {
            foreach (var key in put.Next?.Keys ?? [])
            {
                if (!key.Unique || KeyList.Contains(put.Previous?.Keys ?? [], key)
                    || writer.FindUnique(put.Next!.Key.Kind, key.Name, key.Value) is not { } id)
                {
                    continue;
                }

                var holder = new RecordKey(put.Next.Key.Kind, id);
                rewritten ??= [.. puts.Where(other => other.Next is not null).Select(other => other.Next!.Key)];
                if (!rewritten.Contains(holder))
                {
                    return new DuplicateKeyException(put.Next.Key, key.Name, holder);
                }
            }
        }

        return null;
    }
}
