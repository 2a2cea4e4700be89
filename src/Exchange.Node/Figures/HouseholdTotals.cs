using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>
/// Running totals of households and the lists of those that fail a rule, kept as households change: what they cost to
/// read doesn't grow with the number of households.
/// </summary>
internal sealed class HouseholdTotals(CodeTable codes, CardHistories cards)
{
    private static readonly HouseholdRule[] Rules =
        [HouseholdRule.Employed, HouseholdRule.Trained, HouseholdRule.Skilled];

    private readonly Dictionary<(int Area, CardStatus Status), HouseholdCount> _counts = [];
    private readonly Dictionary<HouseholdRule, SortedSet<FailingRow>> _failing =
        Rules.ToDictionary(rule => rule, _ => new SortedSet<FailingRow>());

    /// <summary>Takes a household in, or out again before it changes.</summary>
    public void Add(Guid id, in HouseholdRow row, int by)
    {
        if (!row.Present)
        {
            return;
        }

        var status = cards.LastOf(row.Card);
        var count = HouseholdCount.Of(row, by);
        _counts[(row.Area, status)] = _counts.GetValueOrDefault((row.Area, status)) + count;
        foreach (var rule in Rules.Where(rule => count.WithLabour != 0 && count[rule] == 0))
        {
            var failing = new FailingRow(codes[row.Area], id);
            if (by < 0)
            {
                _failing[rule].Remove(failing);
            }
            else
            {
                _failing[rule].Add(failing with { Labour = row.Able, Status = status });
            }
        }
    }

    /// <summary>The totals of a division.</summary>
    public HouseholdCount Sum(string division, CardScope card)
    {
        var below = codes.Below(division.Length == 0 ? [] : [division]);
        var sum = default(HouseholdCount);
        foreach (var ((area, status), count) in _counts)
        {
            sum = below[area] && CardHistories.Fits(card, status) ? sum + count : sum;
        }

        return sum;
    }

    /// <summary>The households of a division that fail a rule, by code and id, behind one of them.</summary>
    public IEnumerable<FailingRow> Failing(HouseholdRule rule, string division, CardScope card, FailingRow? after)
    {
        var from = after ?? new FailingRow(division, Guid.Empty);
        var to = new FailingRow(division + '\uffff', Guid.Empty);
        return _failing[rule].GetViewBetween(from, to)
            .Where(row => row != after && CardHistories.Fits(card, row.Status));
    }
}

/// <summary>How many households there are, and how many of them keep to each rule.</summary>
internal readonly record struct HouseholdCount(
    long Households, long WithLabour, long WithEmployed, long WithTrained, long WithSkilled)
{
    public long this[HouseholdRule rule] => rule switch
    {
        HouseholdRule.Employed => WithEmployed,
        HouseholdRule.Trained => WithTrained,
        HouseholdRule.Skilled => WithSkilled,
        _ => 0,
    };

    /// <summary>One household, times a number.</summary>
    public static HouseholdCount Of(in HouseholdRow row, int by) => row.Able == 0
        ? new HouseholdCount(by, 0, 0, 0, 0)
        : new HouseholdCount(
            by, by, row.Employed > 0 ? by : 0, row.Trained > 0 ? by : 0, row.Skilled > 0 ? by : 0);

    public static HouseholdCount operator +(HouseholdCount left, HouseholdCount right) => new(
        left.Households + right.Households,
        left.WithLabour + right.WithLabour,
        left.WithEmployed + right.WithEmployed,
        left.WithTrained + right.WithTrained,
        left.WithSkilled + right.WithSkilled);
}

/// <summary>A household that fails a rule; ordered by where it is, then by its id.</summary>
/// <param name="Code">Where it is registered.</param>
/// <param name="Id">Its record.</param>
internal sealed record FailingRow(string Code, Guid Id) : IComparable<FailingRow>
{
    /// <summary>How many of it are able to work.</summary>
    public int Labour { get; init; }

    /// <summary>Its registered-poor status.</summary>
    public CardStatus Status { get; init; }

    public int CompareTo(FailingRow? other) => other is null
        ? 1
        : string.CompareOrdinal(Code, other.Code) is var order and not 0 ? order : Id.CompareTo(other.Id);

    public bool Equals(FailingRow? other) => other is not null && Code == other.Code && Id == other.Id;

    public override int GetHashCode() => HashCode.Combine(Code, Id);
}
