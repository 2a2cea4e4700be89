using Exchange.V1;

namespace Exchange.Cli.Demo;

/// <summary>Looks whether a worker as the city sees it hides what the city doesn't need.</summary>
internal static class DemoMask
{
    private const int CountyLength = 6;

    /// <summary>
    /// Name, ID number and phone are masked, of the place the county is left, and everything that is nobody's business
    /// is gone.
    /// </summary>
    public static bool Hides(Worker whole, Worker seen) =>
        IsMasked(whole.Name, seen.Name, shown: 1)
        && IsMasked(whole.IdNumber, seen.IdNumber, shown: 7)
        && IsMasked(whole.Phone, seen.Phone, shown: 5)
        && seen.EthnicityCode.Length == 0
        && seen.RegisteredPlace is null or { Words: "", DivisionCode.Length: <= CountyLength }
        && seen.ResidencePlace is null
        && seen.HouseholdId.Length == 0
        && seen.RelationToHead.Length == 0
        && seen.CardStatusHistory.Count == 0
        && seen.Disability is null
        && seen.Remark.Length == 0;

    // Of the same length, agreeing wherever it isn't an asterisk, and showing no more than so many characters.
    private static bool IsMasked(string whole, string seen, int shown) =>
        whole.Length > 0
        && whole.Length == seen.Length
        && whole.Zip(seen).All(pair => pair.Second == '*' || pair.First == pair.Second)
        && seen.Count(character => character != '*') <= shown;
}
