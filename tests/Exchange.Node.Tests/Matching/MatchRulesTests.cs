using Exchange.Node.Figures;
using Exchange.Node.Matching;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Google.Protobuf;
using Xunit;
using static Exchange.V1.MatchReasonType;

namespace Exchange.Node.Tests.Matching;

/// <summary>What speaks for a worker and a post, and against them.</summary>
public sealed class MatchRulesTests
{
    private static readonly DateOnly Today = new(2026, 3, 1);

    [Fact]
    public void A_worker_who_wants_and_can_do_it_has_every_reason_for_it() =>
        Assert.Equal(
            [TradeWanted, Skilled, PlaceWanted, PayEnough, WantsToLeave, SchoolingEnough, AgeFits],
            Reasons(_ => { }));

    [Theory]
    [InlineData(2010, 3, 1, AgeFits)]
    [InlineData(2010, 3, 2, Under16)]
    [InlineData(1975, 3, 2, AgeFits)]
    [InlineData(1975, 3, 1, AgeAbove)]
    public void Ages_are_whole_years_on_the_day(int year, int month, int day, MatchReasonType reason) =>
        Assert.Contains(reason, Reasons(worker => worker.BirthDate = Samples.Date(year, month, day)));

    [Theory]
    [InlineData(int.MinValue, int.MaxValue, AgeFits)]
    [InlineData(-1, int.MaxValue, AgeFits)]
    [InlineData(int.MaxValue, 0, AgeBelow)]
    [InlineData(18, int.MinValue, AgeFits)]
    public void Ages_that_no_notice_may_ask_for_break_nothing(int least, int most, MatchReasonType reason) =>
        Assert.Contains(reason, Reasons(_ => { }, post => (post.MinAge, post.MaxAge) = (least, most)));

    [Fact]
    public void Who_was_born_on_a_29_February_is_16_on_1_March()
    {
        var born = Samples.Date(2012, 2, 29);

        Assert.Contains(Under16, Reasons(worker => worker.BirthDate = born, day: new DateOnly(2028, 2, 28)));
        Assert.DoesNotContain(Under16, Reasons(worker => worker.BirthDate = born, day: new DateOnly(2028, 2, 29)));
        Assert.Contains(AgeBelow, Reasons(
            worker => worker.BirthDate = born, post => post.MinAge = 17, new DateOnly(2029, 2, 28)));
        Assert.Contains(AgeFits, Reasons(
            worker => worker.BirthDate = born, post => post.MinAge = 17, new DateOnly(2029, 3, 1)));
    }

    [Fact]
    public void Nobody_whose_age_is_unknown_is_proposed()
    {
        Assert.Contains(AgeUnknown, Reasons(worker => worker.BirthDate = null));
        Assert.Contains(AgeUnknown, Reasons(worker => worker.BirthDate = Samples.Date(1990)));
        Assert.False(MatchReasons.IsSuited(MatchReasons.Bit(AgeUnknown)));
    }

    [Fact]
    public void An_id_number_tells_the_age_where_the_field_is_empty()
    {
        Assert.DoesNotContain(AgeUnknown, Reasons(
            worker => (worker.BirthDate, worker.IdNumber) = (null, "998801199001010014")));
    }

    [Fact]
    public void A_disability_counts_where_posts_are_reserved_and_the_worker_asks_for_one()
    {
        var plain = Reasons(_ => { });
        void Disabled(Worker worker) => worker.Disability = new Disability { Class = 4, Grade = 2 };
        void Asks(Worker worker) => worker.Disability = new Disability { WantsReservedPost = true };
        static void Reserve(Vacancy post) =>
            post.ReservedPosts.Add(new ReservedPosts { Group = ReservedGroup.Disabled, Headcount = 1 });

        Assert.Equal(plain, Reasons(Disabled));
        Assert.Equal(plain, Reasons(Asks));
        Assert.Equal(plain, Reasons(Disabled, Reserve));
        Assert.Equal([ReservedDisabled], Reasons(Asks, Reserve).Except(plain));
    }

    [Fact]
    public void Posts_that_are_all_reserved_go_to_those_for_whom_they_are()
    {
        static void Reserve(Vacancy post)
        {
            post.Headcount = 2;
            post.ReservedPosts.Add(new ReservedPosts { Group = ReservedGroup.CardHolder, Headcount = 2 });
        }

        Assert.Contains(ReservedForOthers, Reasons(_ => { }, Reserve));
        Assert.Contains(ReservedCardHolder, Reasons(
            worker => worker.CardStatusHistory.Add(
                new CardStatusEntry { Status = CardStatus.Poor, FromDate = Samples.Date(2014) }),
            Reserve));
    }

    [Theory]
    [InlineData("缝纫工", "", TradeOther)]
    [InlineData("制鞋", "", TradeWanted)]
    [InlineData("某工", "6-05-04-02", TradeNear)]
    [InlineData("某工", "6-05-04-01", TradeWanted)]
    public void Trades_are_told_by_words_and_by_codes(string words, string code, MatchReasonType reason) =>
        Assert.Contains(reason, Reasons(worker =>
        {
            worker.Willingness.Occupations.Clear();
            worker.Willingness.Occupations.Add(new Occupation
            {
                Words = words,
                Code = code,
                System = code.Length > 0 ? "CSCO-2022" : "",
            });
        }));

    [Fact]
    public void Each_wish_that_a_post_doesnt_meet_is_told()
    {
        Assert.Contains(PayBelow, Reasons(worker => worker.Willingness.Pay.MinMinor = 600_000));
        Assert.Contains(PayEnough, Reasons(worker =>
            (worker.Willingness.Pay.MinMinor, worker.Willingness.Pay.Unit) = (6_600_000, PayUnit.Year)));
        Assert.DoesNotContain(PayBelow, Reasons(worker => worker.Willingness.Pay.Unit = PayUnit.Day));
        Assert.Contains(PlaceOther, Reasons(worker => worker.Willingness.Places[0].DivisionCode = "31"));
        Assert.Contains(WantsNone, Reasons(worker => worker.Willingness.Kind = WillingnessKind.None));
        Assert.Contains(WantsStartUp, Reasons(worker => worker.Willingness.Kind = WillingnessKind.StartUp));
        Assert.Contains(NotAsked, Reasons(worker => worker.Willingness = null));
        Assert.Contains(HasWork, Reasons(worker => worker.EmploymentStatus = EmploymentStatus.Transferred));
        Assert.Contains(InSchool, Reasons(worker => worker.EmploymentStatus = EmploymentStatus.InSchool));
        Assert.Contains(SchoolingBelow, Reasons(worker => worker.Schooling.Band = SchoolingBand.None));
        Assert.Contains(SchoolingUnknown, Reasons(worker => worker.Schooling = null));
        Assert.Contains(Inexperienced, Reasons(_ => { }, post => post.ExperienceMonths = 6));
        Assert.Contains(Experienced, Reasons(
            worker => worker.WorkHistory.Add(new WorkEntry { Occupation = Samples.Shoemaker() }),
            post => post.ExperienceMonths = 6));
    }

    private static MatchReasonType[] Reasons(Action<Worker> change, Action<Vacancy>? ask = null, DateOnly? day = null)
    {
        var worker = new Worker
        {
            BirthDate = Samples.Date(1990, 1, 1),
            Schooling = new Schooling { Band = SchoolingBand.Junior },
            Skills = { new Skill { Occupation = Samples.Shoemaker() } },
            Willingness = Samples.Worker().Willingness,
        };
        change(worker);
        var post = new Vacancy
        {
            Title = "普工",
            Occupation = Samples.Shoemaker(),
            WorkPlace = Samples.Place("441900118", "东莞市大岭山镇"),
            Pay = Samples.Pay(),
            MaxAge = 50,
            MinSchooling = new Schooling { Band = SchoolingBand.Primary },
            Status = VacancyStatus.Open,
        };
        ask?.Invoke(post);
        var tables = new FigureTables();
        var id = Guid.Parse(Samples.Id);
        new FactReader(tables).Read("worker", id, worker.ToByteString());
        var rules = new MatchRules(tables, day ?? Today);
        return
        [
            .. MatchReasons.Tell(rules.Hold(tables.Workers[0], new PostTerms(post, tables.Trades, tables.Codes)))
                .Select(reason => reason.Type),
        ];
    }
}
