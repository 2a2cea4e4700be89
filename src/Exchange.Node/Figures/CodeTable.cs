using Exchange.Node.Money;
using Exchange.Node.Standards;

namespace Exchange.Node.Figures;

/// <summary>Division codes by a number: there are few, and rows are many.</summary>
internal sealed class CodeTable
{
    /// <summary>The number of what has no code.</summary>
    public const int None = 0;

    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal) { [""] = None };
    private readonly List<string> _codes = [""];

    /// <summary>How many there are.</summary>
    public int Count => _codes.Count;

    /// <summary>The code of a number, as it is today.</summary>
    public string this[int ordinal] => _codes[ordinal];

    /// <summary>The number of a code in any writing. A code that ended is what has its place today.</summary>
    public int OrdinalOf(string code)
    {
        if (_ordinals.TryGetValue(code, out var known))
        {
            return known;
        }

        var present = Divisions.TryNormalise(code, out var normal) ? Destinations.Present(normal) : "";
        if (!_ordinals.TryGetValue(present, out var ordinal))
        {
            ordinal = _codes.Count;
            _codes.Add(present);
            _ordinals.Add(present, ordinal);
        }

        // The writing that came is remembered too; there are as many as clerks and years.
        _ordinals.TryAdd(code, ordinal);
        return ordinal;
    }

    /// <summary>Which numbers are codes at or below one of some divisions; all of them for none.</summary>
    public bool[] Below(IReadOnlyCollection<string> divisions)
    {
        var present = divisions.Select(Destinations.Present).ToList();
        var below = new bool[_codes.Count];
        for (var i = 0; i < below.Length; i++)
        {
            var code = _codes[i];
            below[i] = present.Count == 0
                || (code.Length > 0 && present.Exists(one => code.StartsWith(one, StringComparison.Ordinal)));
        }

        return below;
    }
}
