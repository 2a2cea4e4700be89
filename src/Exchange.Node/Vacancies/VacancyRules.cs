using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>What a vacancy written here must keep to.</summary>
internal static class VacancyRules
{
    private const int MostPosts = 999_999;
    private const int LeastAge = 16;
    private const int GreatestAge = 120;
    private const int HundredthsOfAWeek = 7 * 24 * 100;

    /// <summary>Everything that must be mended.</summary>
    public static IEnumerable<FieldViolation> Check(Vacancy vacancy, DateOnly today) =>
    [
        .. ShapeRules.Check(vacancy),
        .. CheckTitle(vacancy),
        .. CheckCounts(vacancy),
        .. CheckReservedPosts(vacancy),
        .. CheckAges(vacancy),
        .. CheckTimes(vacancy),
        .. UriRules.Check(vacancy.SourceUri, "source_uri"),
        .. TermsRules.Check(vacancy, today),
    ];

    private static IEnumerable<FieldViolation> CheckTitle(Vacancy vacancy)
    {
        if (TextRules.IsBlank(vacancy.Title))
        {
            yield return new("title", "It is empty. Name the post.");
        }

        if (vacancy.WorkPlace is null)
        {
            yield return new("work_place", "It is missing. Say where the work is, at least in words.");
        }
    }

    private static IEnumerable<FieldViolation> CheckCounts(Vacancy vacancy)
    {
        if (vacancy.Headcount > MostPosts)
        {
            yield return new("headcount", "It must be 1 to 999,999, or 0 when the notice doesn't say.");
        }

        if (vacancy.Headcount > 0 && vacancy.FilledCount > vacancy.Headcount)
        {
            yield return new("filled_count", "It is more than headcount. Correct one of the two.");
        }
    }

    private static IEnumerable<FieldViolation> CheckReservedPosts(Vacancy vacancy)
    {
        for (var i = 0; i < vacancy.ReservedPosts.Count; i++)
        {
            if (vacancy.ReservedPosts[i].Headcount is 0 or > MostPosts)
            {
                yield return new(
                    $"reserved_posts[{i}].headcount", "It must be 1 to 999,999. Leave the entry out for none.");
            }
        }

        if (vacancy.Headcount > 0 && vacancy.ReservedPosts.Sum(posts => (long)posts.Headcount) > vacancy.Headcount)
        {
            yield return new("reserved_posts", "They are more than headcount, out of which they are set aside.");
        }
    }

    private static IEnumerable<FieldViolation> CheckAges(Vacancy vacancy)
    {
        if (vacancy.MinAge is (> 0 and < LeastAge) or > GreatestAge)
        {
            yield return new(
                "min_age", "It must be 16 or more, because nobody younger may work; 0 when none is stated.");
        }

        if (vacancy.MaxAge is (> 0 and < LeastAge) or > GreatestAge)
        {
            yield return new(
                "max_age", "It must be 16 or more, because nobody younger may work; 0 when none is stated.");
        }
        else if (vacancy.MaxAge > 0 && vacancy.MaxAge < vacancy.MinAge)
        {
            yield return new("max_age", "It is less than min_age. Exchange the two or correct one.");
        }
    }

    private static IEnumerable<FieldViolation> CheckTimes(Vacancy vacancy)
    {
        if (vacancy.WeeklyHoursHundredths > HundredthsOfAWeek)
        {
            yield return new("weekly_hours_hundredths", "It must be at most 16800, the hours of a week in hundredths.");
        }
    }
}
