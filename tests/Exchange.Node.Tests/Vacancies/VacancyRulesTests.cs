using Exchange.Node.Tests.Records;
using Exchange.Node.Vacancies;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Vacancies;

public sealed class VacancyRulesTests
{
    [Theory]
    [InlineData(VacancyStatus.Held, "VACANCY_STATUS_HELD")]
    [InlineData((VacancyStatus)99, "99")]
    public void A_status_of_a_later_contract_is_told_as_its_number(VacancyStatus status, string name) =>
        Assert.Equal(name, OpenVacancies.NameOf(status));

    [Fact]
    public void A_title_a_place_and_a_status_are_all_that_a_vacancy_must_have()
    {
        Assert.Empty(Rules.Of(new Vacancy
        {
            Title = "普工",
            WorkPlace = new Place { Words = "东莞" },
            Status = VacancyStatus.Open,
        }));
        Assert.Equal(["status", "title", "work_place"], Rules.Of(new Vacancy()).Select(v => v.Field));
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(0, 7, "")]
    [InlineData(999_999, 999_999, "")]
    [InlineData(1_000_000, 0, "headcount")]
    [InlineData(-1, 0, "headcount")]
    [InlineData(5, -1, "filled_count")]
    [InlineData(5, 6, "filled_count")]
    public void Counts_stay_within_what_is_wanted(int headcount, int filled, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Vacancy(), v =>
        {
            v.ReservedPosts.Clear();
            (v.Headcount, v.FilledCount) = (headcount, filled);
        }));

    [Fact]
    public void Reserved_posts_are_some_of_all_posts()
    {
        Assert.Equal("reserved_posts", Rules.Fields(Samples.Vacancy(), v => v.ReservedPosts[0].Headcount = 3));
        Assert.Equal("", Rules.Fields(Samples.Vacancy(), v => (v.Headcount, v.ReservedPosts[0].Headcount) = (0, 900)));
        Assert.Equal(
            "reserved_posts[0].headcount", Rules.Fields(Samples.Vacancy(), v => v.ReservedPosts[0].Headcount = 0));
        Assert.Equal(
            "reserved_posts[0].group", Rules.Fields(Samples.Vacancy(), v => v.ReservedPosts[0].Group = 0));
    }

    [Theory]
    [InlineData(0, 0, "")]
    [InlineData(16, 0, "")]
    [InlineData(0, 16, "")]
    [InlineData(16, 16, "")]
    [InlineData(15, 0, "min_age")]
    [InlineData(-1, 0, "min_age")]
    [InlineData(0, 15, "max_age")]
    [InlineData(40, 39, "max_age")]
    [InlineData(18, 121, "max_age")]
    public void Nobody_under_16_is_wanted(int least, int greatest, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Vacancy(), v => (v.MinAge, v.MaxAge) = (least, greatest)));

    [Fact]
    public void Times_are_possible()
    {
        Assert.Equal("end_date", Rules.Fields(Samples.Vacancy(), v => v.EndDate = Samples.Date(2026, 2, 28)));
        Assert.Equal(
            "weekly_hours_hundredths", Rules.Fields(Samples.Vacancy(), v => v.WeeklyHoursHundredths = 16_801));
        Assert.Equal("experience_months", Rules.Fields(Samples.Vacancy(), v => v.ExperienceMonths = -1));
    }

    [Fact]
    public void The_employer_is_named_by_its_id() =>
        Assert.Equal("employer_id", Rules.Fields(Samples.Vacancy(), v => v.EmployerId = "2556007"));

    [Theory]
    [InlineData("https://example.org", "")]
    [InlineData("http://example.org:8080/a?b=c@d#e", "")]
    [InlineData("https://example.org/a@b", "")]
    [InlineData("", "")]
    [InlineData("example.org/jobs", "source_uri")]
    [InlineData("/jobs", "source_uri")]
    [InlineData("ftp://example.org", "source_uri")]
    [InlineData("javascript:alert(1)", "source_uri")]
    [InlineData("https://", "source_uri")]
    [InlineData("https://me:secret@example.org", "source_uri")]
    [InlineData("https://me@example.org", "source_uri")]
    [InlineData("https://@example.org", "source_uri")]
    [InlineData("https://example.org/a b", "source_uri")]
    [InlineData("https:\\\\example.org", "source_uri")]
    public void The_notices_page_is_a_web_address_without_a_user(string uri, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Vacancy(), v => v.SourceUri = uri));
}
