namespace Exchange.Store.Embedded;

/// <summary>Packs a record's keys into one value. For the writer, which may add names.</summary>
internal sealed class KeyListPacker(NameTable names)
{
    private readonly ByteWriter _bytes = new();

    /// <summary>The packed keys; valid until the next call.</summary>
    public ReadOnlySpan<byte> Pack(string kind, IReadOnlyList<IndexKey> keys)
    {
        _bytes.Clear();
        for (var i = 0; i < keys.Count; i++)
        {
            var number = (ulong)names.Add(new Name(NameUse.Index, keys[i].Name, kind));
            _bytes.Number((number << 1) | (keys[i].Unique ? 1UL : 0));
            _bytes.Text(keys[i].Value);
        }

        return _bytes.Written;
    }

    public static IReadOnlyList<IndexKey> Unpack(NameTable names, ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty)
        {
            return [];
        }

        var keys = new List<IndexKey>(2);
        for (var reader = new ByteReader(packed); !reader.AtEnd;)
        {
            var number = reader.Number();
            keys.Add(new IndexKey(names.Text((long)(number >> 1)), reader.Text(), (number & 1) != 0));
        }

        return keys;
    }
}
