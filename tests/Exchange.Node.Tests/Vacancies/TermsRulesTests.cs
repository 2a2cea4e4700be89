using Exchange.Node.Tests.Records;
using Exchange.Node.Vacancies;
using Exchange.V1;
using Google.Protobuf.Collections;
using Xunit;

namespace Exchange.Node.Tests.Vacancies;

/// <summary>A notice that asks for a sex or a people is held until an authority has accepted just that.</summary>
public sealed class TermsRulesTests
{
    [Theory]
    [InlineData("限女性")]
    [InlineData("女工优先")]
    [InlineData("只招男工")]
    [InlineData("仅限汉族")]
    [InlineData("少数民族勿扰")]
    [InlineData("彝族除外")]
    public void A_demand_in_the_words_of_a_notice_holds_it(string words)
    {
        var vacancy = Plain();
        vacancy.Description = $"流水线制鞋，{words}。";

        Assert.True(Hold(vacancy));
        Assert.Equal((VacancyStatus.Held, [words]), (vacancy.Status, vacancy.HeldTerms));
        Assert.False(Hold(vacancy));
        Assert.Empty(Rules.Of(vacancy));
    }

    [Theory]
    [InlineData("男女不限，民族不限")]
    [InlineData("有女工宿舍，另设男浴室")]
    [InlineData("民族工艺品")]
    [InlineData("厂内有彝族同乡")]
    public void Words_that_ask_for_nobody_hold_nothing(string words)
    {
        var vacancy = Plain();
        vacancy.Description = words;

        Assert.False(Hold(vacancy));
        Assert.Equal(VacancyStatus.Open, vacancy.Status);
    }

    [Fact]
    public void The_fields_that_ask_hold_it_too()
    {
        Assert.Equal(["男"], HeldFor(Plain(), vacancy => vacancy.SexWanted = Sex.Male));
        Assert.Equal(["汉"], HeldFor(Plain(), vacancy => vacancy.EthnicityWantedWords = "汉"));
        Assert.Empty(HeldFor(Plain(), vacancy => vacancy.SexWanted = Sex.NotStated));
    }

    [Fact]
    public void An_acceptance_holds_for_what_was_accepted_and_for_nothing_else()
    {
        Assert.Empty(HeldFor(Samples.Vacancy(), _ => { }));
        Assert.Equal(["男"], HeldFor(Samples.Vacancy(), vacancy => vacancy.SexWanted = Sex.Male));
        Assert.Equal(["限汉族"], HeldFor(Samples.Vacancy(), vacancy => vacancy.Title = "制鞋工（限汉族）"));
        Assert.Empty(HeldFor(Samples.Vacancy(), vacancy =>
        {
            vacancy.Title = "制鞋工（限汉族）";
            vacancy.TermsReview.Terms.Add("限汉族");
        }));
    }

    [Fact]
    public void Whoever_leaves_the_decision_out_keeps_the_one_that_was_made()
    {
        var sent = Samples.Vacancy();
        sent.TermsReview = null;

        Assert.True(TermsRules.Hold(sent, () => Samples.Vacancy().TermsReview));

        Assert.Equal((VacancyStatus.Open, Samples.Vacancy().TermsReview), (sent.Status, sent.TermsReview));
        Assert.Empty(sent.HeldTerms);
    }

    [Fact]
    public void What_a_writer_says_that_it_is_held_for_is_replaced()
    {
        Assert.Empty(HeldFor(Samples.Vacancy(), vacancy => vacancy.HeldTerms.Add("限汉族")));
        Assert.Equal(["男"], HeldFor(Plain(), vacancy =>
        {
            (vacancy.Status, vacancy.SexWanted) = (VacancyStatus.Held, Sex.Male);
            vacancy.HeldTerms.Add("限汉族");
        }));
    }

    [Fact]
    public void Rejected_terms_keep_a_notice_from_being_offered()
    {
        Assert.Equal(
            "status", Rules.Fields(Samples.Vacancy(), v => v.TermsReview.Decision = TermsDecision.Rejected));
        Assert.Equal("", Rules.Fields(Samples.Vacancy(), vacancy =>
        {
            vacancy.TermsReview.Decision = TermsDecision.Rejected;
            vacancy.Status = VacancyStatus.Withdrawn;
        }));
    }

    [Fact]
    public void A_decision_says_who_when_and_on_what()
    {
        Assert.Equal(
            "terms_review.decision terms_review.decided_by terms_review.decided_date terms_review.terms",
            Rules.Fields(Samples.Vacancy(), vacancy => vacancy.TermsReview = new TermsReview()));
        Assert.Equal(
            "verification.verified_by verification.verified_date",
            Rules.Fields(Samples.Vacancy(), vacancy => vacancy.Verification = new Verification()));
        Assert.Equal(
            "terms_review.decided_date verification.verified_date",
            Rules.Fields(Samples.Vacancy(), vacancy =>
            {
                vacancy.TermsReview.DecidedDate = Samples.Date(2026, 3, 2);
                vacancy.Verification.VerifiedDate = Samples.Date(2026, 3, 2);
            }));
    }

    private static bool Hold(Vacancy vacancy) => TermsRules.Hold(vacancy, () => null);

    private static RepeatedField<string> HeldFor(Vacancy vacancy, Action<Vacancy> change)
    {
        change(vacancy);
        Hold(vacancy);
        return vacancy.HeldTerms;
    }

    private static Vacancy Plain()
    {
        var vacancy = Samples.Vacancy();
        vacancy.SexWanted = Sex.Unspecified;
        vacancy.TermsReview = null;
        return vacancy;
    }
}
