using System.Globalization;
using Exchange.Store;

namespace Exchange.Node.Matching;

/// <summary>A worker or a vacancy in the order of proposals: the greater score first, then the smaller id.</summary>
/// <param name="Score">What its reasons weigh.</param>
/// <param name="Id">Its record.</param>
/// <param name="Reasons">The set of reasons.</param>
internal readonly record struct Ranked(int Score, Guid Id, ulong Reasons) : IComparable<Ranked>
{
    public int CompareTo(Ranked other) =>
        Score != other.Score ? other.Score.CompareTo(Score) : Id.CompareTo(other.Id);

    /// <summary>Where a page that ends with it goes on.</summary>
    public QueryCursor Cursor() => new(Score.ToString(CultureInfo.InvariantCulture), Id);

    /// <summary>The place at which a page goes on; null at the beginning.</summary>
    public static Ranked? Read(QueryCursor? cursor) =>
        cursor is not null && int.TryParse(cursor.Value, CultureInfo.InvariantCulture, out var score)
            ? new Ranked(score, cursor.Id, 0)
            : null;
}

/// <summary>The best of many, in their order, without sorting the others.</summary>
/// <param name="most">How many are kept.</param>
/// <param name="after">Only those behind this one.</param>
internal sealed class Ranking(int most, Ranked? after)
{
    private static readonly Comparer<Ranked> WorstFirst = Comparer<Ranked>.Create((one, other) => other.CompareTo(one));

    private readonly PriorityQueue<Ranked, Ranked> _kept = new(WorstFirst);

    /// <summary>How many there were, whether kept or not.</summary>
    public long Count { get; private set; }

    /// <summary>The best, the best first.</summary>
    public IReadOnlyList<Ranked> Best() => [.. _kept.UnorderedItems.Select(item => item.Element).Order()];

    public void Add(Ranked one)
    {
        Count++;
        if (after is { } last && one.CompareTo(last) <= 0)
        {
            return;
        }

        if (_kept.Count < most)
        {
            _kept.Enqueue(one, one);
        }
        else if (one.CompareTo(_kept.Peek()) < 0)
        {
            _kept.EnqueueDequeue(one, one);
        }
    }
}
