namespace Exchange.Node.Imports.Values;

/// <summary>The currencies in which files state pay, with the decimals that ISO 4217 gives them.</summary>
internal static class Currencies
{
    private static readonly Dictionary<string, int> Known = new(StringComparer.Ordinal)
    {
        ["CNY"] = 2,
        ["HKD"] = 2,
        ["MOP"] = 2,
        ["TWD"] = 2,
        ["USD"] = 2,
        ["EUR"] = 2,
        ["SGD"] = 2,
        ["JPY"] = 0,
        ["KRW"] = 0,
    };

    public static IEnumerable<string> All => Known.Keys;

    /// <summary>The decimals of a currency, or null for one that isn't known.</summary>
    public static int? Decimals(string currency) => Known.TryGetValue(currency, out var decimals) ? decimals : null;
}
