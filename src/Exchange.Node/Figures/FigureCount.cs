using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Counts one figure in one pass over its measure's rows.</summary>
internal sealed class FigureCount
{
    private const int MonthsToWork = 16 * 12;

    private readonly FigureTables _tables;
    private readonly FigureScope _scope;
    private readonly PartKeys _keys;
    private readonly CardStatus[] _statuses;
    private readonly bool[] _areas;
    private readonly bool[]? _destinations;
    private readonly Guid _programme;
    private readonly DateOnly _asOf;
    private readonly int _from;
    private readonly int _to;
    private readonly (int First, int Last)? _years;

    // Of things that are counted by person the one that stands for each; of all others nothing is kept.
    private readonly List<CountedRow> _kept = [];
    private readonly Dictionary<int, int> _byPerson = [];
    private readonly bool _keepsAll;
    private long[] _parts = [];
    private long _value;
    private long _unclassified;

    public FigureCount(FigureTables tables, FigurePlan plan, bool keepsAll = false)
    {
        (_tables, _scope, _asOf, _keepsAll) = (tables, plan.Scope, plan.AsOf, keepsAll);
        _keys = new PartKeys(tables, plan);
        _statuses = tables.Cards.On(plan.AsOf.DayNumber);
        _areas = tables.Codes.Below(_scope.DivisionCode.Length == 0 ? [] : [_scope.DivisionCode]);
        _destinations = _scope.DestinationDivisionCodes.Count == 0
            ? null
            : tables.Codes.Below(_scope.DestinationDivisionCodes);
        _programme = Guid.TryParseExact(_scope.ProgrammeId, "D", out var programme) ? programme : Guid.Empty;
        _from = Days.Of(_scope.FromDate);
        var to = Days.Of(_scope.ToDate);
        _to = to == Days.None ? plan.AsOf.DayNumber : Math.Min(to, plan.AsOf.DayNumber);
        _years = YearsOf(_scope);
        foreach (var row in Rows())
        {
            Take(row);
        }
    }

    /// <summary>The number and its parts.</summary>
    public FigureCounted Result()
    {
        foreach (var one in IsByPerson ? _kept : [])
        {
            Add(one.Part, 1);
        }

        return new FigureCounted(
            _value, [.. _keys.Keys.Select((key, i) => (key, i < _parts.Length ? _parts[i] : 0))], _unclassified);
    }

    /// <summary>How much work there was that states no pay, and counts nothing.</summary>
    public int Unstated { get; private set; }

    /// <summary>What was counted, of all parts or one; nothing unless everything was to be kept.</summary>
    public IEnumerable<CountedRow> Kept(string partKey)
    {
        var part = partKey.Length == 0 ? 0 : _keys.Find(partKey);
        return _kept.Where(one => partKey.Length == 0 || one.Part == part);
    }

    private bool IsByPerson =>
        _scope.Counting == Counting.Persons && _scope.Measure is not (Measure.Labour or Measure.Away);

    private IEnumerable<FactRow> Rows() => _scope.Measure switch
    {
        Measure.Labour or Measure.Away => Workers(),
        var measure when Measures.IsPlaced(measure) => Placed(),
        Measure.Returned => Recorded().Concat(Placed()),
        _ => Recorded(),
    };

    private IEnumerable<FactRow> Workers()
    {
        for (var i = 0; i < _tables.Workers.Count; i++)
        {
            if (_areas[_tables.Workers[i].Area] && IsLabour(_tables.Workers[i]))
            {
                yield return new FactRow
                {
                    Present = true,
                    Id = _tables.Workers.IdOf(i),
                    Worker = i,
                    Link = -1,
                    Other = -1,
                    Place = _tables.Workers[i].AwayPlace,
                    Day = _asOf.DayNumber,
                    Kind = (byte)_tables.Workers[i].Status,
                };
            }
        }
    }

    private bool IsLabour(in WorkerRow worker) =>
        worker.IsAble
        && (worker.BirthDay == Days.None
            || DateOnly.FromDayNumber(worker.BirthDay).AddMonths(MonthsToWork) <= _asOf)
        && (_scope.Measure == Measure.Labour || worker.Status == EmploymentStatus.Transferred);

    private IEnumerable<FactRow> Placed()
    {
        for (var i = 0; i < _tables.Placements.Count; i++)
        {
            foreach (var fact in _tables.Placements[i].Facts ?? [])
            {
                if (fact.Measure == _scope.Measure)
                {
                    yield return fact.Row;
                }
            }
        }
    }

    private IEnumerable<FactRow> Recorded()
    {
        var table = _tables.Facts[_scope.Measure];
        for (var i = 0; i < table.Count; i++)
        {
            if (table[i].Present)
            {
                yield return table[i];
            }
        }
    }

    private void Take(in FactRow row)
    {
        var area = row.Area != CodeTable.None || row.Worker < 0 ? row.Area : _tables.Workers[row.Worker].Area;
        if (!_areas[area] || !IsInPeriod(row))
        {
            return;
        }

        var isCard = IsCard(row, out var fits);
        var place = PlaceOf(row);
        if (!fits || !FitsWork(row, area, place) || !FitsMoney(row))
        {
            return;
        }

        var part = _keys.Of(Present(row), area, place, isCard, KindOf(row));
        if (IsByPerson)
        {
            Keep(row, part);
            return;
        }

        if (_scope.Measure == Measure.Income && row.Amount == 0)
        {
            Unstated++;
            return;
        }

        Add(part, AmountOf(row));
        if (_keepsAll)
        {
            _kept.Add(new CountedRow(row.Id, row.Day, part, row.IsEvent));
        }
    }

    private bool IsInPeriod(in FactRow row) => _scope.Measure switch
    {
        Measure.Labour or Measure.Away => true,
        Measure.Bases => row.Day <= _asOf.DayNumber && (row.EndDay == Days.None || row.EndDay >= _asOf.DayNumber),
        Measure.SchoolLeavers => (_from == Days.None || row.Year >= DateOnly.FromDayNumber(_from).Year)
            && row.Year <= DateOnly.FromDayNumber(_to).Year,
        Measure.Paid when _years is { } years => row.Year >= years.First && row.Year <= years.Last
            && row.Day <= _asOf.DayNumber,
        Measure.Income => MonthsOf(row) > 0,
        _ => DayOf(row) is var day && day != Days.None && day >= _from && day <= _to
            && (_scope.Measure is not (Measure.Kept3Months or Measure.Kept6Months) || row.EndDay <= _asOf.DayNumber),
    };

    private long AmountOf(in FactRow row) => _scope.Measure == Measure.Income ? Times(row.Amount, MonthsOf(row))
        : _scope.Counting == Counting.Fen ? row.Amount
        : 1;

    // Months of work that were completed within the period: one from 1 January is, by the end of the 31st.
    private int MonthsOf(in FactRow row)
    {
        var end = row.EndDay == Days.None ? _to + 1 : Math.Min(row.EndDay, _to + 1);
        return Days.Months(row.Day, end) - Days.Months(row.Day, Math.Min(_from, end));
    }

    private int DayOf(in FactRow row) => _scope.Measure is Measure.Trained or Measure.Classes
        ? _tables.Classes[row.Link].Day
        : row.Day;

    private bool IsCard(in FactRow row, out bool fits)
    {
        var status = row.Worker < 0 ? default : _tables.StatusOf(_tables.Workers[row.Worker], _statuses);
        var isCard = row.Card == CardMark.ByWorker ? status != default : row.Card == CardMark.Card;
        fits = _scope.Card switch
        {
            CardScope.Card => isCard,
            CardScope.Others => !isCard,
            _ => CardHistories.Fits(_scope.Card, status),
        };
        return isCard;
    }

    private int PlaceOf(in FactRow row) => _scope.Measure switch
    {
        Measure.Paid => row.EndDay < 0 ? CodeTable.None : LastPlace(row.EndDay),
        Measure.Trained or Measure.Classes => CodeTable.None,
        _ => row.Place != CodeTable.None || row.Link < 0 ? row.Place : _tables.Vacancies[row.Link].Place,
    };

    private int LastPlace(int placement) =>
        (_tables.Placements[placement].Facts ?? []).LastOrDefault(fact => fact.Measure == Measure.Transferred)
            is { Row.Present: true } last && last.Row.Link >= 0
            ? _tables.Vacancies[last.Row.Link].Place
            : CodeTable.None;

    private bool FitsWork(in FactRow row, int area, int place) =>
        (_destinations is null || (place != CodeTable.None && _destinations[place]))
        && (_scope.Destination == default || _keys.Destination(area, place) == _scope.Destination)
        && (_scope.Organisation == default || row.Organisation == _scope.Organisation)
        && (_scope.Channel == default || row.Channel == _scope.Channel);

    private bool FitsMoney(in FactRow row) =>
        (_scope.Subsidy == default || (byte)_scope.Subsidy == KindOf(row))
        && (_programme == Guid.Empty || _programme == ProgrammeOf(row));

    private byte KindOf(in FactRow row) => _scope.Measure switch
    {
        Measure.Paid => row.Link < 0 ? default : _tables.Policies[row.Link].Kind,
        Measure.Trained or Measure.Classes => _tables.Classes[row.Link].Kind,
        _ => row.Kind,
    };

    private Guid ProgrammeOf(in FactRow row) => _scope.Measure switch
    {
        Measure.Paid => row.Other < 0 ? Guid.Empty : _tables.PaymentBatches[row.Other].Programme,
        Measure.Trained or Measure.Classes => _tables.Classes[row.Link].Programme,
        _ => Guid.Empty,
    };

    // A new placement after the day of the report isn't known on it.
    private FactRow Present(in FactRow row) =>
        _scope.Measure == Measure.Returned && row.EndDay != Days.None
            ? row with
            {
                Outcome = (byte)(row.EndDay <= _asOf.DayNumber ? ReturnOutcome.Replaced : ReturnOutcome.Waiting),
            }
            : row;

    private void Keep(in FactRow row, int part)
    {
        var one = new CountedRow(row.Id, row.Day, part, row.IsEvent);
        if (_byPerson.TryAdd(row.Worker, _kept.Count))
        {
            _kept.Add(one);
        }
        else if ((one.Day, one.Id).CompareTo((_kept[_byPerson[row.Worker]].Day, _kept[_byPerson[row.Worker]].Id)) > 0)
        {
            _kept[_byPerson[row.Worker]] = one;
        }
    }

    private void Add(int part, long amount)
    {
        _value = Sum(_value, amount);
        if (part < 0)
        {
            _unclassified = Sum(_unclassified, amount);
            return;
        }

        if (part >= _parts.Length)
        {
            Array.Resize(ref _parts, Math.Max(_keys.Keys.Count, part + 1));
        }

        _parts[part] = Sum(_parts[part], amount);
    }

    // A sum that doesn't fit comes of an amount that nobody meant; the other figures shall be there all the same.
    private static long Sum(long left, long right) => left > long.MaxValue - right ? long.MaxValue : left + right;

    private static long Times(long amount, int times) =>
        amount > long.MaxValue / times ? long.MaxValue : amount * times;

    private static (int First, int Last)? YearsOf(FigureScope scope) =>
        scope is { FromDate: { Month: 1, Day: 1 }, ToDate: { Month: 12, Day: 31 } }
            ? (scope.FromDate.Year, scope.ToDate.Year)
            : null;
}

/// <summary>A record that was counted.</summary>
/// <param name="Id">The record.</param>
/// <param name="Day">When it happened.</param>
/// <param name="Part">The part that it belongs to.</param>
/// <param name="IsEvent">It is a placement's event, and not of the measure's first kind.</param>
internal readonly record struct CountedRow(Guid Id, int Day, int Part, bool IsEvent);
