namespace Exchange.Store.Embedded;

/// <summary>What a name stands for in rows, so that equal names of different uses don't meet.</summary>
internal enum NameUse
{
    Kind,
    Node,
    Collection,
    Index,
}

/// <summary>A name and its use; of an index, <paramref name="Owner"/> is the kind that it belongs to.</summary>
internal readonly record struct Name(NameUse Use, string Text, string Owner = "");

/// <summary>
/// The small numbers that stand for names in rows. The writer adds names inside its transaction; readers only meet
/// numbers of names that were added before the rows that use them.
/// </summary>
/// <param name="store">Writes a new name within the transaction.</param>
internal sealed class NameTable(Action<int, Name> store)
{
    private readonly Lock _lock = new();
    private Dictionary<Name, int> _numbers = [];
    private Name[] _names = [];
    private int _count;
    private int _committed;

    /// <summary>Fills the table with what is stored; numbers begin at 1 and have no gaps.</summary>
    public void Load(IReadOnlyList<Name> names)
    {
        lock (_lock)
        {
            _names = [.. names];
            _count = _committed = names.Count;
            _numbers = names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i + 1);
        }
    }

    /// <summary>The number of a name, or 0 if no row uses it yet.</summary>
    public int Find(Name name)
    {
        lock (_lock)
        {
            return _numbers.GetValueOrDefault(name);
        }
    }

    /// <summary>The number of a name, which is added if it is new. For the writer.</summary>
    public int Add(Name name)
    {
        int number;
        lock (_lock)
        {
            if (_numbers.TryGetValue(name, out number))
            {
                return number;
            }

            if (_count == _names.Length)
            {
                Array.Resize(ref _names, Math.Max(16, _count * 2));
            }

            _names[_count] = name;
            number = ++_count;
            _numbers[name] = number;
        }

        store(number, name);
        return number;
    }

    /// <summary>All names of a use that have a number.</summary>
    public IReadOnlyCollection<string> Of(NameUse use)
    {
        lock (_lock)
        {
            return [.. _numbers.Keys.Where(name => name.Use == use).Select(name => name.Text)];
        }
    }

    public string Text(long number)
    {
        var names = Volatile.Read(ref _names);
        return number >= 1 && number <= names.Length
            ? names[number - 1].Text
            : throw new InvalidDataException($"A row uses name number {number}, which is not in the table of names.");
    }

    public void Commit() => _committed = _count;

    /// <summary>Forgets the names that were added since the last commit, because they aren't stored either.</summary>
    public void Rollback()
    {
        lock (_lock)
        {
            for (; _count > _committed; _count--)
            {
                _numbers.Remove(_names[_count - 1]);
            }
        }
    }
}
