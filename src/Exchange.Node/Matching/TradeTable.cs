using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>Occupations by a number: there are few, and rows are many.</summary>
internal sealed class TradeTable
{
    /// <summary>The number of what names no occupation.</summary>
    public const int None = 0;

    private const int LeastWords = 2;

    // What people answer who would do anything.
    private static readonly HashSet<string> Anything = ["不限", "都可以", "均可", "任意", "无要求"];

    private readonly Dictionary<Trade, int> _ordinals = new() { [default] = None };
    private readonly List<Trade> _trades = [new Trade("", "", "")];
    private readonly List<Occupation> _names = [new Occupation()];

    /// <summary>The number of an occupation.</summary>
    public int OrdinalOf(Occupation? occupation)
    {
        if (occupation is null)
        {
            return None;
        }

        var words = ComparedText.Of(occupation.Words);
        if (occupation.Code.Length == 0 && (words.Length == 0 || Anything.Contains(words)))
        {
            return None;
        }

        var trade = new Trade(occupation.System, occupation.Code, words);
        if (!_ordinals.TryGetValue(trade, out var ordinal))
        {
            ordinal = _trades.Count;
            _trades.Add(trade);
            _names.Add(occupation.Clone());
            _ordinals.Add(trade, ordinal);
        }

        return ordinal;
    }

    /// <summary>
    /// The number of an occupation of these words alone, as texts are compared; none unless somebody named it. Names of
    /// posts aren't put here: there are many, and they would stay.
    /// </summary>
    public int Find(string words) => _ordinals.GetValueOrDefault(new Trade("", "", words), None);

    /// <summary>An occupation as the first who named it wrote it.</summary>
    public Occupation NameOf(int ordinal) => _names[ordinal];

    /// <summary>Whether an occupation is that of a post.</summary>
    /// <param name="ordinal">The occupation.</param>
    /// <param name="post">The post's occupation.</param>
    /// <param name="title">The post's name, as texts are compared.</param>
    public bool IsSame(int ordinal, int post, string title)
    {
        var (one, other) = (_trades[ordinal], _trades[post]);
        return (one.Code.Length > 0 && one.Code == other.Code && one.System == other.System)
            || (one.Words.Length >= LeastWords
                && (title.Contains(one.Words, StringComparison.Ordinal)
                    || other.Words.Contains(one.Words, StringComparison.Ordinal)))
            || (other.Words.Length >= LeastWords && one.Words.Contains(other.Words, StringComparison.Ordinal));
    }

    /// <summary>Whether two occupations are of the same group of their list: 6-05-04-01 and 6-05-04-02.</summary>
    public bool IsNear(int ordinal, int post)
    {
        var (one, other) = (_trades[ordinal], _trades[post]);
        return one.System == other.System && GroupOf(one.Code) is { Length: > 0 } group && group == GroupOf(other.Code);
    }

    private static string GroupOf(string code) =>
        code.LastIndexOf('-') is > 0 and var end && code.Contains('-', StringComparison.Ordinal) ? code[..end] : "";

    private readonly record struct Trade(string System, string Code, string Words);
}
