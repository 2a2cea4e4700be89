using Exchange.Node.Money;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Tells which part of a partition a counted thing belongs to.</summary>
internal sealed class PartKeys
{
    /// <summary>The key under which what isn't classified is asked for.</summary>
    public const string Unclassified = "UNCLASSIFIED";

    /// <summary>It belongs to none.</summary>
    public const int None = -1;

    private const string Elsewhere = "ELSEWHERE";

    private readonly FigureTables _tables;
    private readonly FigurePlan _plan;
    private readonly List<string> _keys = [];
    private readonly Dictionary<long, int> _amounts = [];
    private readonly List<bool[]> _below = [];
    private readonly Dictionary<int, int> _byNumber = [];
    private readonly Dictionary<(int, int), DestinationClass> _destinations = [];

    public PartKeys(FigureTables tables, FigurePlan plan)
    {
        (_tables, _plan) = (tables, plan);
        switch (plan.Partition)
        {
            case Partition.Place or Partition.Area:
                _keys.AddRange(plan.PartCodes);
                _below.AddRange(plan.PartCodes.Select(code => tables.Codes.Below([code])));
                if (plan.Partition == Partition.Place)
                {
                    _keys.Add(Elsewhere);
                }

                break;
            case Partition.Card:
                _keys.AddRange(["CARD", "OTHERS"]);
                break;
            case Partition.Outcome when plan.Scope.Measure == Measure.Returned:
                _keys.AddRange(["REPLACED", "WAITING", "NO_WISH"]);
                break;
            default:
                AddEnum();
                break;
        }
    }

    /// <summary>The keys.</summary>
    public IReadOnlyList<string> Keys => _keys;

    /// <summary>The number of the part that a key names; <see cref="None"/> for what isn't classified.</summary>
    public int Find(string key) => key == Unclassified ? None : _keys.IndexOf(key) is var index and >= 0 ? index : -2;

    /// <summary>The part of one thing.</summary>
    /// <param name="row">The thing.</param>
    /// <param name="area">Where it belongs.</param>
    /// <param name="place">Where its work is.</param>
    /// <param name="isCard">Its person is or was registered poor.</param>
    /// <param name="kind">What its record tells apart.</param>
    public int Of(in FactRow row, int area, int place, bool isCard, byte kind) => _plan.Partition switch
    {
        Partition.Place => place == CodeTable.None ? None : IndexBelow(place) is var i and >= 0 ? i : _keys.Count - 1,
        Partition.Area => IndexBelow(area),
        Partition.Card => isCard ? 0 : 1,
        Partition.Amount => Amount(row.Amount),
        Partition.Destination => Number((int)Destination(area, place)),
        Partition.Organisation => Number((int)row.Organisation),
        Partition.Channel => Number((int)row.Channel),
        Partition.Schooling => row.Worker < 0 ? None : Number((int)_tables.Workers[row.Worker].Schooling),
        Partition.Outcome when _plan.Scope.Measure == Measure.Returned => row.Outcome - 1,
        Partition.Outcome => Number(row.Outcome),
        Partition.Kind => Number(kind),
        _ => None,
    };

    /// <summary>The class of a work place; told once for each pair of codes.</summary>
    public DestinationClass Destination(int area, int place)
    {
        if (!_destinations.TryGetValue((area, place), out var known))
        {
            known = Destinations.Of(_tables.Codes[area], _tables.Codes[place]);
            _destinations.Add((area, place), known);
        }

        return known;
    }

    private void AddEnum()
    {
        var names = Measures.KeysOf(_plan.Scope.Measure, _plan.Partition);
        foreach (var value in names?.Values.Where(value => value.Number > 0) ?? [])
        {
            _byNumber.Add(value.Number, _keys.Count);
            _keys.Add(value.Name);
        }
    }

    // A number that this version doesn't know is nobody's part.
    private int Number(int number) => _byNumber.GetValueOrDefault(number, None);

    private int IndexBelow(int code)
    {
        for (var i = 0; i < _below.Count; i++)
        {
            if (_below[i][code])
            {
                return i;
            }
        }

        return None;
    }

    private int Amount(long fen)
    {
        if (!_amounts.TryGetValue(fen, out var index))
        {
            index = _keys.Count;
            _keys.Add(fen.ToString(System.Globalization.CultureInfo.InvariantCulture));
            _amounts.Add(fen, index);
        }

        return index;
    }
}
