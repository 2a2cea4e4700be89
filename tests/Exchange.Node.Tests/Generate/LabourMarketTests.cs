using Exchange.Node.Generate;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Generate;

public sealed class LabourMarketTests
{
    private static readonly GeneratorOptions Options = new() { Vacancies = 4_000, Seed = 7 };
    private static readonly RuleContext Context = new(Options.AsOf, TestNode: true, "dongguan");
    private static readonly RecordKinds Kinds = new();

    [Fact]
    public void Every_vacancy_and_employer_is_accepted_by_a_node()
    {
        var market = new LabourMarket(Options);

        Assert.All(market.Vacancies(), vacancy => Assert.Empty(Kinds.Find("vacancy")!.Check(vacancy, Context)));
        Assert.All(market.Employers(), employer => Assert.Empty(Kinds.Find("employer")!.Check(employer, Context)));
        Assert.Equal((4_000, 500), (market.Vacancies().Count(), market.Employers().Count()));
    }

    [Fact]
    public void Credit_codes_are_right_and_belong_to_nobody()
    {
        var codes = new LabourMarket(Options).Employers().Select(employer => employer.CreditCode).ToList();

        Assert.All(codes, code => Assert.True(CreditCode.TryNormalise(code, out _)));
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.False(PlaceCodes.EverExisted(CreditCodePlan.NoPlace));
        Assert.All(codes, code => Assert.Equal(CreditCodePlan.NoPlace, code[2..8]));
    }

    [Fact]
    public void Vacancies_lie_in_the_towns_of_Dongguan_and_pay_three_to_six_thousand_a_month()
    {
        var vacancies = new LabourMarket(Options).Vacancies().ToList();

        Assert.All(vacancies, vacancy => Assert.Matches("^441900[0-9]{3}$", vacancy.WorkPlace.DivisionCode));
        Assert.All(vacancies, vacancy => Assert.InRange(vacancy.Pay.MinMinor, 300_000, vacancy.Pay.MaxMinor));
        Assert.Equal(600_000, vacancies.Max(vacancy => vacancy.Pay.MaxMinor));
        Assert.Equal(5, vacancies.DistinctBy(vacancy => vacancy.IndustryCode).Count());
        Assert.InRange(vacancies.DistinctBy(vacancy => vacancy.WorkPlace.DivisionCode).Count(), 30, 36);
        Assert.InRange(vacancies.Count(vacancy => vacancy.Status == VacancyStatus.Open), 3_400, 3_800);
    }

    [Fact]
    public void The_same_seed_and_number_give_the_same_vacancy_however_many_are_made()
    {
        var few = new LabourMarket(Options);
        var many = new LabourMarket(new GeneratorOptions { Vacancies = 500_000, Seed = 7 });

        Assert.Equal(few.Vacancies().Take(300), many.Vacancies().Take(300));
        Assert.Equal(few.VacancyAt(3_999), many.VacancyAt(3_999));
        Assert.Equal(few.EmployerAt(12), many.EmployerAt(12));
    }
}
