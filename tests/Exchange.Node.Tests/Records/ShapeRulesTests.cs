using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Records;

public sealed class ShapeRulesTests
{
    [Fact]
    public void No_rule_objects_to_the_samples()
    {
        IMessage[] samples =
        [
            Samples.Worker(), Samples.Household(), Samples.Employer(), Samples.Vacancy(), Samples.PlacementEvent(),
            Samples.Division(),
        ];

        Assert.All(samples, sample => Assert.Empty(Rules.Of(sample)));
    }

    [Fact]
    public void Texts_are_counted_in_code_points()
    {
        Assert.Equal("", Rules.Fields(Samples.Vacancy(), v => v.Title = string.Concat(Enumerable.Repeat("𠮷", 200))));
        Assert.Equal("title", Rules.Fields(Samples.Vacancy(), v => v.Title = new string('x', 201)));
        Assert.Equal("description", Rules.Fields(Samples.Vacancy(), v => v.Description = new string('x', 10_001)));
        Assert.Equal("status_words", Rules.Fields(Samples.Vacancy(), v => v.StatusWords = new string('x', 1_001)));
        Assert.Equal("remark", Rules.Fields(Samples.Worker(), w => w.Remark = new string('x', 2_001)));
    }

    [Fact]
    public void Texts_deep_in_a_message_are_named_by_their_path() =>
        Assert.Equal(
            "skills[1].occupation.words willingness.places[0].words",
            Rules.Fields(Samples.Worker(), w =>
            {
                w.Skills.Add(new Skill { Occupation = new Occupation { Words = new string('x', 201) } });
                w.Willingness.Places[0].Words = new string('x', 201);
            }));

    [Theory]
    [InlineData("王\n明")]
    [InlineData("王\0明")]
    [InlineData("王\u0085明")]
    [InlineData("王\u001b[31m明")]
    public void Control_characters_are_refused(string text)
    {
        var violation = Assert.Single(Rules.Of(With(Samples.Worker(), w => w.Name = text)));

        Assert.Equal("name", violation.Field);
        Assert.DoesNotContain("王", violation.Description);
    }

    [Fact]
    public void Remarks_and_words_may_have_lines_but_no_other_control_characters()
    {
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.Remark = "a\r\n\tb"));
        Assert.Equal("remark", Rules.Fields(Samples.Worker(), w => w.Remark = "a\u0007b"));
    }

    [Fact]
    public void Damaged_text_is_refused() =>
        Assert.Equal("relation_to_head", Rules.Fields(Samples.Worker(), w => w.RelationToHead = "配\uFFFD"));

    [Fact]
    public void Enum_numbers_that_the_node_does_not_know_are_refused()
    {
        Assert.Equal(
            "labour_capacity support_needs[1]",
            Rules.Fields(Samples.Worker(), w =>
            {
                w.LabourCapacity = (LabourCapacity)77;
                w.SupportNeeds.Add((SupportNeed)77);
            }));
        Assert.Equal("pay.unit", Rules.Fields(Samples.Vacancy(), v => v.Pay.Unit = (PayUnit)77));
    }

    [Fact]
    public void Enums_that_must_be_stated_refuse_zero()
    {
        Assert.Equal("status", Rules.Fields(Samples.Vacancy(), v => v.Status = VacancyStatus.Unspecified));
        Assert.Equal("level", Rules.Fields(Samples.Division(), d => d.Level = DivisionLevel.Unspecified));
        Assert.Equal(
            "card_status_history[0].status",
            Rules.Fields(Samples.Household(), h => h.CardStatusHistory[0].Status = CardStatus.Unspecified));
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.EmploymentStatus = EmploymentStatus.Unspecified));
    }

    [Theory]
    [InlineData(2026, 2, 29)]
    [InlineData(2026, 13, 1)]
    [InlineData(2026, 0, 1)]
    [InlineData(0, 3, 1)]
    [InlineData(26, 3, 1)]
    [InlineData(20260301, 3, 1)]
    [InlineData(2026, -1, 1)]
    [InlineData(2026, 3, 0)]
    [InlineData(2026, 0, 0)]
    public void Dates_must_be_whole_and_real(int year, int month, int day) =>
        Assert.Equal(
            "source_updated_date",
            Rules.Fields(Samples.Vacancy(), v => v.SourceUpdatedDate = Samples.Date(year, month, day)));

    [Fact]
    public void A_poverty_status_may_begin_in_a_year_alone()
    {
        Assert.Equal(
            "", Rules.Fields(Samples.Household(), h => h.CardStatusHistory[0].FromDate = Samples.Date(2015, 6)));
        Assert.Equal(
            "card_status_history[0].from_date",
            Rules.Fields(Samples.Household(), h => h.CardStatusHistory[0].FromDate = Samples.Date(2015, 0, 6)));
    }

    [Theory]
    [InlineData("530627000000")]
    [InlineData("5306270")]
    [InlineData("530600")]
    [InlineData("５３")]
    [InlineData(" 53")]
    public void Place_codes_have_one_writing(string code) =>
        Assert.Equal("work_place.division_code", Rules.Fields(Samples.Vacancy(), v => v.WorkPlace.DivisionCode = code));

    [Fact]
    public void Places_always_have_words()
    {
        Assert.Equal("work_place.words", Rules.Fields(Samples.Vacancy(), v => v.WorkPlace.Words = " "));
        Assert.Equal("", Rules.Fields(Samples.Vacancy(), v => v.WorkPlace = new Place { Words = "Palm City, FL" }));
    }

    [Fact]
    public void Pay_needs_currency_and_unit_and_an_order()
    {
        Assert.Equal("pay.currency", Rules.Fields(Samples.Vacancy(), v => v.Pay.Currency = ""));
        Assert.Equal("pay.currency", Rules.Fields(Samples.Vacancy(), v => v.Pay.Currency = "RMB"));
        Assert.Equal("pay.currency", Rules.Fields(Samples.Vacancy(), v => v.Pay.Currency = "cny"));
        Assert.Equal("pay.unit", Rules.Fields(Samples.Vacancy(), v => v.Pay.Unit = PayUnit.Unspecified));
        Assert.Equal("pay.max_minor", Rules.Fields(Samples.Vacancy(), v => v.Pay.MaxMinor = 399_999));
        Assert.Equal("pay.min_minor", Rules.Fields(Samples.Vacancy(), v => v.Pay.MinMinor = -1));
        Assert.Equal("pay.max_minor", Rules.Fields(Samples.Vacancy(), v => v.Pay.MaxMinor = -1));
        Assert.Equal("", Rules.Fields(Samples.Vacancy(), v => v.Pay.MaxMinor = 0));
        Assert.Equal("", Rules.Fields(Samples.Vacancy(), v => v.Pay = new PayRange { Words = "面議" }));
    }

    [Theory]
    [InlineData("CSCO-2022", "6-05-04-01", "")]
    [InlineData("SOC", "37-3011", "")]
    [InlineData("SOC", "37-3011.00", "")]
    [InlineData("ISCO-08", "7536", "")]
    [InlineData("", "", "")]
    [InlineData("", "6-05-04-01", "occupation.system")]
    [InlineData("GBM", "60504", "occupation.system")]
    [InlineData("CSCO-2022", "", "occupation.code")]
    [InlineData("CSCO-2022", "60504", "occupation.code")]
    [InlineData("SOC", "373011", "occupation.code")]
    public void Occupation_codes_have_a_list_and_its_form(string system, string code, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Vacancy(), v =>
            v.Occupation = new Occupation { System = system, Code = code, Words = "制鞋工" }));

    [Fact]
    public void Schooling_codes_have_two_digits() =>
        Assert.Equal("schooling.code", Rules.Fields(Samples.Worker(), w => w.Schooling.Code = "7"));

    private static T With<T>(T sample, Action<T> change)
    {
        change(sample);
        return sample;
    }
}
