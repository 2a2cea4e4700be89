using System.Collections;

namespace Exchange.Store.Embedded;

/// <summary>
/// A stored record's keys, unpacked when somebody asks: who reads the feed for its payloads never does.
/// </summary>
internal sealed class PackedKeys : IReadOnlyList<IndexKey>
{
    private readonly NameTable _names;
    private readonly byte[] _packed;
    private IReadOnlyList<IndexKey>? _keys;

    private PackedKeys(NameTable names, byte[] packed)
    {
        _names = names;
        _packed = packed;
    }

    public int Count => Keys.Count;

    public IndexKey this[int index] => Keys[index];

    private IReadOnlyList<IndexKey> Keys => _keys ??= KeyListPacker.Unpack(_names, _packed);

    /// <summary>The keys in a row's column, which is copied.</summary>
    public static IReadOnlyList<IndexKey> Of(NameTable names, ReadOnlySpan<byte> packed) =>
        packed.IsEmpty ? [] : new PackedKeys(names, packed.ToArray());

    public IEnumerator<IndexKey> GetEnumerator() => Keys.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
