using System.Globalization;
using Exchange.Node.Figures;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>What matching reads of a worker's wishes and skills; see <see cref="MatchFields"/>.</summary>
internal readonly record struct MatchTraits(
    WillingnessKind Wish,
    IEnumerable<Occupation> Wanted,
    IEnumerable<Place> Places,
    PayRange? Pay,
    IEnumerable<Occupation> Skills,
    IEnumerable<Occupation> Done,
    bool AsksForReserved);

/// <summary>The same with numbers in place of words.</summary>
internal sealed class MatchProfile(MatchTraits traits, TradeTable trades, CodeTable codes)
{
    public WillingnessKind Wish { get; } = traits.Wish;

    public int[] Wanted { get; } = Of(traits.Wanted, trades);

    public int[] Skills { get; } = Of(traits.Skills, trades);

    public int[] Done { get; } = Of(traits.Done, trades);

    /// <summary>Places wanted that have a code, or words that name one.</summary>
    public int[] Places { get; } =
    [
        .. traits.Places.Select(place => codes.OrdinalOf(CodeOf(place)))
            .Where(code => code != CodeTable.None).Distinct().Order(),
    ];

    public ComparedPay Pay { get; } = ComparedPay.Least(traits.Pay);

    public bool AsksForReserved { get; } = traits.AsksForReserved;

    /// <summary>The same for two profiles that are alike.</summary>
    public string Key() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(int)Wish}/{AsksForReserved}/{Pay.Currency}{(int)Pay.Unit}:{Pay.Minor}/{Text(Wanted)}/{Text(Skills)}"
        + $"/{Text(Done)}/{Text(Places)}");

    /// <summary>The code of a place, or the one that its words name; empty for neither.</summary>
    public static string CodeOf(Place? place) => place switch
    {
        null => "",
        { DivisionCode.Length: > 0 } => place.DivisionCode,
        _ => PlaceNames.LikelyCodeOf(place.Words),
    };

    private static int[] Of(IEnumerable<Occupation> occupations, TradeTable trades) =>
        [.. occupations.Select(trades.OrdinalOf).Where(trade => trade != TradeTable.None).Distinct().Order()];

    private static string Text(int[] numbers) => string.Join(',', numbers);
}

/// <summary>Profiles by a number: many workers want and can do the same.</summary>
internal sealed class MatchProfiles(TradeTable trades, CodeTable codes)
{
    private readonly Dictionary<string, int> _ordinals = new(StringComparer.Ordinal);
    private readonly List<MatchProfile> _profiles = [];

    /// <summary>How many there are.</summary>
    public int Count => _profiles.Count;

    public MatchProfile this[int ordinal] => _profiles[ordinal];

    /// <summary>The number of a worker's profile.</summary>
    public int OrdinalOf(MatchTraits traits)
    {
        var profile = new MatchProfile(traits, trades, codes);
        var key = profile.Key();
        if (!_ordinals.TryGetValue(key, out var ordinal))
        {
            ordinal = _profiles.Count;
            _profiles.Add(profile);
            _ordinals.Add(key, ordinal);
        }

        return ordinal;
    }
}
