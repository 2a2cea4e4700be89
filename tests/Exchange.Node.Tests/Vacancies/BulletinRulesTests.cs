using Exchange.Node.Tests.Records;
using Xunit;

namespace Exchange.Node.Tests.Vacancies;

/// <summary>What bulletins of vacancies and their way down must keep to.</summary>
public sealed class BulletinRulesTests
{
    [Theory]
    [InlineData("vacancy_bulletin", """{"noticeCount":1,"vacancyIds":[@id]}""", "notice_count")]
    [InlineData("vacancy_bulletin", """-notice_count {}""", "")]
    [InlineData("vacancy_bulletin", """{"publishedDate":@2026-03-02}""", "published_date")]
    [InlineData("vacancy_bulletin", """{"toDate":@2025-01-01}""", "to_date")]
    [InlineData("vacancy_bulletin", """{"vacancyIds":["17"],"noticeCount":2}""", "vacancy_ids[1]")]
    [InlineData("vacancy_route", """{"fromPlace":{"divisionCode":"530627"}}""", "to_place.division_code")]
    [InlineData("vacancy_route", """{"confirmedDate":@2025-01-01}""", "confirmed_date")]
    [InlineData(
        "vacancy_route",
        """{"passedDate":@2026-03-02,"confirmedDate":@2026-03-02}""",
        "passed_date confirmed_date")]
    [InlineData("vacancy_route", """{"pairingId":"x"}""", "pairing_id")]
    public void What_is_wrong_is_named(string kind, string change, string fields) =>
        Assert.Equal(fields, Rules.FieldsAfter(kind, change));
}
