using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Workers;

public sealed class WorkerRulesTests
{
    [Fact]
    public void A_name_is_all_that_a_worker_must_have() =>
        Assert.Empty(Rules.Of(new Worker { Name = "王小明" }));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("王**")]
    [InlineData("王＊＊")]
    public void Names_are_whole(string name) =>
        Assert.Equal("name", Rules.Fields(Samples.Worker(), w => w.Name = name));

    [Theory]
    [InlineData("11010519491231002x")]
    [InlineData("110105491231002")]
    public void Id_numbers_are_accepted_in_their_older_writings(string number) =>
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.IdNumber = number));

    [Theory]
    [InlineData("110105194912310021")]
    [InlineData("5.30627E+17")]
    [InlineData("110***********002X")]
    [InlineData("999999194912310025")]
    public void A_bad_id_number_is_refused_without_telling_it(string number)
    {
        var worker = Samples.Worker();
        worker.IdNumber = number;

        var violation = Assert.Single(Rules.Of(worker));

        Assert.Equal("id_number", violation.Field);
        Assert.DoesNotContain(number[..6], violation.Description);
    }

    [Fact]
    public void A_test_node_accepts_places_that_never_were()
    {
        var worker = new Worker { Name = "王小明", IdNumber = "999999194912310025" };

        Assert.Equal("id_number", Assert.Single(Rules.Of(worker)).Field);
        Assert.Empty(Rules.Of(worker, Rules.Context with { TestNode = true }));
    }

    [Fact]
    public void Sex_and_day_of_birth_agree_with_the_id_number()
    {
        Assert.Equal("sex", Rules.Fields(Samples.Worker(), w => w.Sex = Sex.Male));
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.Sex = Sex.NotStated));
        Assert.Equal("birth_date", Rules.Fields(Samples.Worker(), w => w.BirthDate.Day = 30));
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.BirthDate = null));
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => (w.IdNumber, w.Sex) = ("", Sex.Male)));
    }

    [Fact]
    public void Nothing_happened_tomorrow()
    {
        Assert.Equal(
            "birth_date",
            Rules.Fields(Samples.Worker(), w => (w.IdNumber, w.BirthDate) = ("", Samples.Date(2026, 3, 2))));
        Assert.Equal(
            "skills[0].certified_date",
            Rules.Fields(Samples.Worker(), w => w.Skills[0].CertifiedDate = Samples.Date(2026, 3, 2)));
        Assert.Equal(
            "willingness.surveyed_date",
            Rules.Fields(Samples.Worker(), w => w.Willingness.SurveyedDate = Samples.Date(2026, 3, 2)));
        Assert.Equal(
            "card_status_history[1].from_date",
            Rules.Fields(Samples.Worker(), w => w.CardStatusHistory[1].FromDate = Samples.Date(2027)));
    }

    [Theory]
    [InlineData("01", "")]
    [InlineData("56", "")]
    [InlineData("97", "")]
    [InlineData("", "")]
    [InlineData("00", "ethnicity_code")]
    [InlineData("57", "ethnicity_code")]
    [InlineData("6", "ethnicity_code")]
    [InlineData("006", "ethnicity_code")]
    [InlineData("MH", "ethnicity_code")]
    public void Peoples_are_numbers_of_two_digits(string code, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Worker(), w => w.EthnicityCode = code));

    [Theory]
    [InlineData("13812345678", "")]
    [InlineData("0870-2123456", "")]
    [InlineData("08702123456", "")]
    [InlineData("02012345678", "")]
    [InlineData("0769-22112233-801", "")]
    [InlineData("", "")]
    [InlineData("2123456", "phone")]
    [InlineData("23812345678", "phone")]
    [InlineData("138123456789", "phone")]
    [InlineData("138 1234 5678", "phone")]
    [InlineData("138******78", "phone")]
    [InlineData("１３８12345678", "phone")]
    public void Phones_are_mobile_or_have_an_area_code(string phone, string fields) =>
        Assert.Equal(fields, Rules.Fields(Samples.Worker(), w => w.Phone = phone));

    [Theory]
    [InlineData("household")]
    [InlineData("019A0000-0000-7000-8000-0000000000AA")]
    [InlineData("019a000000007000800000000000 00aa")]
    [InlineData("{019a0000-0000-7000-8000-0000000000aa}")]
    public void References_are_ids_in_their_one_writing(string id) =>
        Assert.Equal("household_id", Rules.Fields(Samples.Worker(), w => w.HouseholdId = id));

    [Fact]
    public void A_history_is_oldest_first()
    {
        Assert.Equal(
            "card_status_history[1].from_date",
            Rules.Fields(Samples.Worker(), w => w.CardStatusHistory[1].FromDate = Samples.Date(2013, 12, 31)));
        Assert.Equal(
            "", Rules.Fields(Samples.Worker(), w => w.CardStatusHistory[1].FromDate = Samples.Date(2014, 1, 1)));
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.CardStatusHistory[1].FromDate = null));
    }

    [Fact]
    public void Classes_grades_and_levels_stay_within_their_scales()
    {
        Assert.Equal("disability.class", Rules.Fields(Samples.Worker(), w => w.Disability.Class = 8));
        Assert.Equal("disability.grade", Rules.Fields(Samples.Worker(), w => w.Disability.Grade = 5));
        Assert.Equal(
            "skills[0].certificate_level", Rules.Fields(Samples.Worker(), w => w.Skills[0].CertificateLevel = 6));
        Assert.Equal("", Rules.Fields(Samples.Worker(), w => w.Disability = new Disability()));
    }

    [Fact]
    public void No_description_tells_a_value_of_a_person()
    {
        var worker = Samples.Worker();
        (worker.Name, worker.IdNumber, worker.Phone) = ("秘密*\u0001", "777777777777777777", "777 secret");
        (worker.RelationToHead, worker.Remark) = ("secret\u0001", "secret\u0001");
        worker.BirthDate = Samples.Date(2999, 1, 1);

        var violations = Rules.Of(worker);

        Assert.True(violations.Count >= 6);
        Assert.All(violations, violation =>
        {
            Assert.DoesNotContain("777", violation.Description);
            Assert.DoesNotContain("秘密", violation.Description);
            Assert.DoesNotContain("secret", violation.Description);
            Assert.DoesNotContain("2999", violation.Description);
        });
    }

    [Fact]
    public void Children_under_14_are_not_registered()
    {
        Assert.Equal("birth_date", Rules.Fields(Samples.Worker(), worker =>
        {
            worker.IdNumber = "";
            worker.BirthDate = Samples.Date(2012, 3, 2);
        }));
        Assert.Equal("", Rules.Fields(Samples.Worker(), worker =>
        {
            worker.IdNumber = "";
            worker.BirthDate = Samples.Date(2012, 3, 1);
        }));
    }

    [Fact]
    public void Work_before_placements_has_an_order_even_with_years_alone()
    {
        Assert.Equal(
            "work_history[0].to_date",
            Rules.Fields(Samples.Worker(), worker => worker.WorkHistory[0].ToDate = Samples.Date(2014)));
        Assert.Equal(
            "work_history[0].to_date",
            Rules.Fields(Samples.Worker(), worker =>
            {
                worker.WorkHistory[0].FromDate = Samples.Date(2015, 3, 1);
                worker.WorkHistory[0].ToDate = Samples.Date(2015, 2, 1);
            }));
        Assert.Equal(
            "work_history[0].from_date",
            Rules.Fields(Samples.Worker(), worker =>
            {
                worker.WorkHistory[0].FromDate = Samples.Date(2027);
                worker.WorkHistory[0].ToDate = null;
            }));
        Assert.Equal("work_history", Rules.Fields(Samples.Worker(), worker =>
            worker.WorkHistory.Add(Enumerable.Repeat(new WorkEntry(), 50))));
    }
}
