using Exchange.Node.Figures;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>What matching reads of a vacancy, with numbers in place of words.</summary>
internal sealed class PostTerms(Vacancy vacancy, TradeTable trades, CodeTable codes)
{
    public string Title { get; } = ComparedText.Of(vacancy.Title);

    public int Trade { get; } = trades.OrdinalOf(vacancy.Occupation);

    public int Place { get; } = codes.OrdinalOf(MatchProfile.CodeOf(vacancy.WorkPlace));

    public ComparedPay Pay { get; } = ComparedPay.Most(vacancy.Pay);

    /// <summary>Posts that are left; 0 when the notice doesn't say.</summary>
    public int Left { get; } = vacancy.Headcount - Math.Min(vacancy.Headcount, vacancy.FilledCount);

    /// <summary>The post's name as it was written, for a notice that names no trade.</summary>
    public string Name { get; } = vacancy.Title;

    public int MinAge { get; } = vacancy.MinAge;

    public int MaxAge { get; } = vacancy.MaxAge;

    public SchoolingBand MinSchooling { get; } = vacancy.MinSchooling?.Band ?? default;

    public bool AsksForExperience { get; } = vacancy.ExperienceMonths > 0;

    public bool ForDisabled { get; } = Has(vacancy, ReservedGroup.Disabled);

    public bool ForCardHolders { get; } = Has(vacancy, ReservedGroup.CardHolder);

    public bool ForRelocated { get; } = Has(vacancy, ReservedGroup.Relocated);

    /// <summary>Nothing is left for anybody else.</summary>
    public bool AllReserved { get; } =
        vacancy.Headcount > 0 && vacancy.ReservedPosts.Sum(posts => (long)posts.Headcount) >= vacancy.Headcount;

    /// <summary>The last day of the notice; <see cref="Days.None"/> when none is stated.</summary>
    public int EndDay { get; } = Days.Of(vacancy.EndDate);

    /// <summary>Whether somebody can be proposed for a vacancy, apart from the day on which it ends.</summary>
    public static bool IsOffered(Vacancy vacancy) => vacancy.Status == VacancyStatus.Open
        && (vacancy.Headcount == 0 || vacancy.FilledCount < vacancy.Headcount);

    /// <summary>Whether the notice holds on a day.</summary>
    public bool HoldsOn(int day) => EndDay == Days.None || EndDay >= day;

    private static bool Has(Vacancy vacancy, ReservedGroup group) =>
        vacancy.ReservedPosts.Any(posts => posts.Group == group);
}

/// <summary>A vacancy that somebody can be proposed for.</summary>
internal struct PostRow
{
    /// <summary>What it asks for; null for one that isn't offered.</summary>
    public PostTerms? Terms;
}
