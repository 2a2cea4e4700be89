namespace Exchange.Node.Figures;

/// <summary>Rows by a record's id. A row keeps its place for good, so that others name it by a number.</summary>
internal sealed class Table<T>
    where T : struct
{
    private readonly Dictionary<Guid, int> _ordinals = [];
    private Guid[] _ids = new Guid[16];
    private T[] _rows = new T[16];

    /// <summary>How many places were given, those of records that aren't here included.</summary>
    public int Count { get; private set; }

    /// <summary>The rows in the order of their places.</summary>
    public ReadOnlySpan<T> Rows => _rows.AsSpan(0, Count);

    public ref T this[int ordinal] => ref _rows[ordinal];

    public Guid IdOf(int ordinal) => _ids[ordinal];

    /// <summary>The place of an id, given now if need be; -1 for a text that is none.</summary>
    public int OrdinalOf(string id) => Guid.TryParseExact(id, "D", out var parsed) ? OrdinalOf(parsed) : -1;

    /// <summary>The place of an id, given now if need be.</summary>
    public int OrdinalOf(Guid id)
    {
        if (_ordinals.TryGetValue(id, out var ordinal))
        {
            return ordinal;
        }

        if (Count == _rows.Length)
        {
            Array.Resize(ref _rows, Count * 2);
            Array.Resize(ref _ids, Count * 2);
        }

        _ids[Count] = id;
        _ordinals.Add(id, Count);
        return Count++;
    }
}
