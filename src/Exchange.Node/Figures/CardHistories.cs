using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Histories of registered-poor status by a number: most people's are like many others'.</summary>
internal sealed class CardHistories
{
    /// <summary>The number of an empty history.</summary>
    public const int None = 0;

    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal) { [""] = None };
    private readonly List<(int Day, CardStatus Status)[]> _histories = [[]];

    /// <summary>How many there are.</summary>
    public int Count => _histories.Count;

    /// <summary>The number of a history.</summary>
    public int OrdinalOf(IReadOnlyList<CardStatusEntry> entries)
    {
        if (entries.Count == 0)
        {
            return None;
        }

        var key = string.Join(' ', entries.Select(entry => $"{Days.FirstOf(entry.FromDate)}:{(int)entry.Status}"));
        if (!_ordinals.TryGetValue(key, out var ordinal))
        {
            ordinal = _histories.Count;
            _histories.Add([.. entries.Select(entry => (Days.FirstOf(entry.FromDate), entry.Status))]);
            _ordinals.Add(key, ordinal);
        }

        return ordinal;
    }

    /// <summary>The last status of a history.</summary>
    public CardStatus LastOf(int ordinal) => _histories[ordinal] is [.., var last] ? last.Status : default;

    /// <summary>The status of each history on a day; unspecified before its first entry.</summary>
    public CardStatus[] On(int day)
    {
        var statuses = new CardStatus[_histories.Count];
        for (var i = 0; i < statuses.Length; i++)
        {
            foreach (var entry in _histories[i])
            {
                statuses[i] = entry.Day <= day ? entry.Status : statuses[i];
            }
        }

        return statuses;
    }

    /// <summary>Whether a status belongs to a scope.</summary>
    public static bool Fits(CardScope scope, CardStatus status) => scope switch
    {
        CardScope.Card => status != CardStatus.Unspecified,
        CardScope.Poor => status is not (CardStatus.Unspecified or CardStatus.OutOfPoverty),
        CardScope.Others => status == CardStatus.Unspecified,
        _ => true,
    };
}
