using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>
/// Schooling by age, so that all together 25.2 % have primary school or less, 57 % junior, 12.3 % senior school and 5.5
/// % college: the shares published for the rural workers of Yunnan.
/// </summary>
internal static class Schoolings
{
    // The shares of the three ages lie near those of IdNumberPlan; the oldest have what is left of the published
    // shares.
    private const double YoungShare = 0.05;
    private const double MiddleShare = 0.50;

    private static readonly double[] Published = [25.2, 57.0, 12.3, 5.5];
    private static readonly double[] Young = [8, 72, 20, 0];
    private static readonly double[] Middle = [15, 60, 15, 10];

    private static readonly double[] Old =
    [
        .. Published.Select((share, i) =>
            (share - (YoungShare * Young[i]) - (MiddleShare * Middle[i])) / (1 - YoungShare - MiddleShare)),
    ];

    private static readonly Weighted<Band>[] ByAge = [Draws(Young), Draws(Middle), Draws(Old)];

    private static readonly Weighted<SchoolingBand> Least = new((SchoolingBand.None, 6), (SchoolingBand.Primary, 19.2));
    private static readonly Weighted<SchoolingBand> Most =
        new((SchoolingBand.College, 4), (SchoolingBand.Bachelor, 1.5));

    private enum Band
    {
        PrimaryOrLess,
        Junior,
        Senior,
        College,
    }

    public static Schooling Pick(Dice dice, int age)
    {
        var band = ByAge[age < 19 ? 0 : age < 41 ? 1 : 2].Pick(dice) switch
        {
            // Nobody who is young now was kept from school altogether.
            Band.PrimaryOrLess => age < 30 ? SchoolingBand.Primary : Least.Pick(dice),
            Band.Junior => SchoolingBand.Junior,
            Band.Senior => SchoolingBand.Senior,
            _ => Most.Pick(dice),
        };
        return Of(band);
    }

    /// <summary>A band with the code and the word of the ledgers.</summary>
    public static Schooling Of(SchoolingBand band)
    {
        var (code, words) = band switch
        {
            SchoolingBand.None => ("90", "文盲或半文盲"),
            SchoolingBand.Primary => ("80", "小学"),
            SchoolingBand.Junior => ("70", "初中"),
            SchoolingBand.Senior => ("60", "高中"),
            SchoolingBand.College => ("30", "大专"),
            _ => ("20", "本科及以上"),
        };
        return new Schooling { Band = band, Code = code, Words = words };
    }

    private static Weighted<Band> Draws(double[] shares) => new(
        (Band.PrimaryOrLess, shares[0]), (Band.Junior, shares[1]), (Band.Senior, shares[2]), (Band.College, shares[3]));
}
