using System.Globalization;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>
/// The made-up employers of Dongguan's towns and their vacancies, each computed from the seed and its number alone.
/// </summary>
internal sealed class LabourMarket
{
    private const int VacanciesOfEmployer = 8;
    private const string FirmCharacters = "华泰盛达宏兴隆顺恒信诚丰利昌裕联合东新创美佳";

    private static readonly Weighted<Industry> Industries = new([.. Industry.All.Select(i => (i, i.Weight))]);

    private static readonly Lazy<IReadOnlyList<Place>> Towns = new(() =>
    [
        .. Divisions.ChildrenOf("4419")
            .Select(town => new Place { DivisionCode = town.Code, Words = Divisions.FullName(town.Code) }),
    ]);

    private static readonly Weighted<VacancyStatus> Statuses = new(
        (VacancyStatus.Open, 90), (VacancyStatus.Paused, 3), (VacancyStatus.Filled, 4), (VacancyStatus.Expired, 3));

    private static readonly Weighted<SchoolingBand> Asked = new(
        (SchoolingBand.Unspecified, 60),
        (SchoolingBand.Primary, 15),
        (SchoolingBand.Junior, 20),
        (SchoolingBand.Senior, 5));

    private static readonly string[] Shifts = ["白班", "两班倒", "三班倒", "长白班，加班另计"];

    private readonly GeneratorOptions _options;
    private readonly CreditCodePlan _codes;

    public LabourMarket(GeneratorOptions options)
    {
        _options = options;
        _codes = new CreditCodePlan(options.Seed);
    }

    /// <summary>Employers with at least one of the vacancies.</summary>
    public long EmployerCount => (_options.Vacancies + VacanciesOfEmployer - 1) / VacanciesOfEmployer;

    /// <summary>Every employer, in order.</summary>
    public IEnumerable<Employer> Employers()
    {
        for (var employer = 0L; employer < EmployerCount; employer++)
        {
            yield return EmployerAt(employer);
        }
    }

    /// <summary>Every vacancy, in order; those of one employer follow one another.</summary>
    public IEnumerable<Vacancy> Vacancies()
    {
        for (var vacancy = 0L; vacancy < _options.Vacancies; vacancy++)
        {
            yield return VacancyAt(vacancy);
        }
    }

    /// <summary>The employer of a number, counted from 0.</summary>
    public Employer EmployerAt(long number) => Draw(number).Employer;

    /// <summary>The vacancy of a number, counted from 0.</summary>
    public Vacancy VacancyAt(long number)
    {
        var (employer, industry) = Draw(number / VacanciesOfEmployer);
        var dice = new Dice(_options.Seed, DiceStream.Vacancy, number);
        var trade = dice.Pick(industry.Trades);
        var least = dice.Between(industry.Pay.Least, industry.Pay.Most);
        var vacancy = new Vacancy
        {
            Title = trade.Words,
            EmployerName = employer.Name,
            Headcount = dice.Between(1, industry.MostPosts),
            Pay = new PayRange
            {
                Currency = "CNY",
                MinMinor = least * 10_000L,
                MaxMinor = dice.Between(least, industry.Pay.Most) * 10_000L,
                Unit = PayUnit.Month,
            },
            Board = dice.Chance(0.6) ? Provision.Free : dice.Chance(0.5) ? Provision.Paid : Provision.None,
            Lodging = dice.Chance(0.8) ? Provision.Free : Provision.None,
            MinAge = 18,
            MaxAge = dice.Chance(0.8) ? dice.Between(8, 11) * 5 : 0,
            Occupation = trade.ToOccupation(),
            IndustryCode = industry.Code,
            WorkPlace = employer.Place.Clone(),
            ShiftWords = dice.Pick(Shifts),
            WeeklyHoursHundredths = dice.Chance(0.5) ? 4_000 : 4_400,
            WorkTime = WorkTime.Full,
            ContractWords = dice.Chance(0.7) ? "一年期劳动合同" : "三个月以上劳动合同",
            ExperienceMonths = dice.Chance(0.8) ? 0 : 12,
            Description = $"{employer.Name}招{trade.Words}，熟手优先，新手有人带。",
            Status = Statuses.Pick(dice),
        };
        AddTerms(vacancy, dice);
        return vacancy;
    }

    private void AddTerms(Vacancy vacancy, Dice dice)
    {
        var asked = Asked.Pick(dice);
        if (asked != SchoolingBand.Unspecified)
        {
            vacancy.MinSchooling = Schoolings.Of(asked);
        }

        if (vacancy.Headcount >= 10 && dice.Chance(0.05))
        {
            vacancy.ReservedPosts.Add(
                new ReservedPosts { Group = ReservedGroup.Disabled, Headcount = dice.Between(1, 3) });
        }

        vacancy.FilledCount = vacancy.Status == VacancyStatus.Filled
            ? vacancy.Headcount
            : dice.Below((vacancy.Headcount / 2) + 1);
        var start = _options.AsOf.AddDays(-dice.Between(0, 60));
        var end = vacancy.Status == VacancyStatus.Expired ? start : _options.AsOf.AddDays(dice.Between(30, 180));
        vacancy.StartDate = DateRules.ToDate(start);
        vacancy.EndDate = DateRules.ToDate(end);
        vacancy.SourceUpdatedDate = DateRules.ToDate(start);
    }

    private (Employer Employer, Industry Industry) Draw(long number)
    {
        var dice = new Dice(_options.Seed, DiceStream.Employer, number);
        var industry = Industries.Pick(dice);
        var town = dice.Pick(Towns.Value);

        // 示例 (example) stands in every name, so that no firm is meant that exists.
        var name = $"东莞示例{number + 1}号{Character(dice)}{Character(dice)}{industry.Word}有限公司";
        var employer = new Employer
        {
            Name = name,
            CreditCode = _codes[number],
            Kind = industry.Code == "72" ? EmployerKind.Dispatch : EmployerKind.Enterprise,
            Place = town.Clone(),
            IndustryCode = industry.Code,
            OfficePhone = string.Create(CultureInfo.InvariantCulture, $"0769-0{dice.Below(10_000_000):0000000}"),
        };
        return (employer, industry);
    }

    private static char Character(Dice dice) => FirmCharacters[dice.Below(FirmCharacters.Length)];
}
