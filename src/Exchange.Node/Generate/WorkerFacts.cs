using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>Draws what one worker knows, does, wants and needs.</summary>
internal static class WorkerFacts
{
    // No operator is known to have been given the numbers that begin with 154.
    private const string NoOperator = "154";

    private static readonly Trade[] Known =
    [
        Trade.Electrician, Trade.Mason, Trade.SteelFixer, Trade.Digger, Trade.Grower, Trade.Breeder, Trade.Embroiderer,
        Trade.Sewer, Trade.ShoeMaker, Trade.Assembler, Trade.Housekeeper, Trade.Carer, Trade.Guard,
    ];

    private static readonly Trade[] Wanted =
    [
        Trade.General, Trade.General, Trade.ShoeMaker, Trade.Sewer, Trade.Assembler, Trade.Guard, Trade.Housekeeper,
        Trade.Cleaner, Trade.Packer,
    ];

    private static readonly Weighted<Place> Destinations = new(
        (new Place { DivisionCode = "4419", Words = "广东省东莞市" }, 30),
        (new Place { DivisionCode = "4420", Words = "广东省中山市" }, 15),
        (new Place { DivisionCode = "44", Words = "广东省" }, 15),
        (new Place { DivisionCode = "33", Words = "浙江省" }, 15),
        (new Place { DivisionCode = "31", Words = "上海市" }, 5),
        (new Place { DivisionCode = "5301", Words = "云南省昆明市" }, 20));

    // Two in three rural workers were away when the figures were published.
    private static readonly Weighted<EmploymentStatus> Doing = new(
        (EmploymentStatus.Transferred, 62),
        (EmploymentStatus.Farming, 17),
        (EmploymentStatus.NotEmployed, 11),
        (EmploymentStatus.Flexible, 5),
        (EmploymentStatus.SelfEmployed, 5));

    private static readonly Weighted<WillingnessKind> Wishes = new(
        (WillingnessKind.Transfer, 68), (WillingnessKind.None, 25), (WillingnessKind.StartUp, 7));

    /// <summary>Fills in everything that depends on the person alone.</summary>
    public static void AddTo(Worker worker, Dice dice, int age, DateOnly asOf)
    {
        worker.Schooling = Schoolings.Pick(dice, age);
        if (dice.Chance(0.92))
        {
            worker.Phone = string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{NoOperator}{dice.Below(100_000_000):00000000}");
        }

        if (dice.Chance(0.025))
        {
            worker.Disability = new Disability { Class = dice.Between(1, 7), Grade = dice.Between(1, 4) };
        }

        AddSkills(worker, dice, age, asOf);
        worker.LabourCapacity = Capacity(worker, dice, age);
        worker.EmploymentStatus = age < 19 && dice.Chance(0.5) ? EmploymentStatus.InSchool : Doing.Pick(dice);
        AddWillingness(worker, dice, asOf);
        AddSupportNeeds(worker, dice, age);
    }

    private static void AddSkills(Worker worker, Dice dice, int age, DateOnly asOf)
    {
        var count = dice.Chance(0.3) ? dice.Between(1, 2) : 0;
        var first = dice.Below(Known.Length);
        for (var i = 0; i < count; i++)
        {
            var skill = new Skill { Occupation = Known[(first + (i * 5)) % Known.Length].ToOccupation() };
            if (age >= 18 && dice.Chance(0.5))
            {
                var day = asOf.AddDays(-dice.Between(30, 2_000));
                skill.CertificateLevel = dice.Chance(0.8) ? 5 : 4;
                skill.CertifiedDate = DateRules.ToDate(day < asOf.AddYears(18 - age) ? asOf.AddDays(-30) : day);
            }

            worker.Skills.Add(skill);
        }
    }

    private static LabourCapacity Capacity(Worker worker, Dice dice, int age)
    {
        var weak = worker.Disability is not null ? 0.5 : age > 55 ? 0.2 : 0.03;
        return dice.Chance(weak)
            ? worker.Disability is { Grade: 1 } ? LabourCapacity.Lost : LabourCapacity.Weak
            : worker.Skills.Count > 0 ? LabourCapacity.Skilled : LabourCapacity.Ordinary;
    }

    private static void AddWillingness(Worker worker, Dice dice, DateOnly asOf)
    {
        // The ledgers ask everybody without work, and many of the others.
        if (worker.EmploymentStatus != EmploymentStatus.NotEmployed && dice.Chance(0.3))
        {
            return;
        }

        var wish = new Willingness
        {
            Kind = Wishes.Pick(dice),
            SurveyedDate = DateRules.ToDate(asOf.AddDays(-dice.Between(10, 400))),
        };
        worker.Willingness = wish;
        switch (wish.Kind)
        {
            case WillingnessKind.Transfer:
                var least = dice.Between(30, 60) * 10_000L;
                wish.Occupations.Add(dice.Pick(Wanted).ToOccupation());
                wish.Places.Add(Destinations.Pick(dice).Clone());
                wish.Pay = new PayRange
                {
                    Currency = "CNY",
                    MinMinor = least,
                    MaxMinor = least + (dice.Between(0, 10) * 10_000L),
                    Unit = PayUnit.Month,
                };
                break;
            case WillingnessKind.None:
                wish.CannotLeaveWords = dice.Pick(["照顾老人", "照顾小孩", "身体原因", "家中务农", ""]);
                break;
        }
    }

    private static void AddSupportNeeds(Worker worker, Dice dice, int age)
    {
        var needs = worker.SupportNeeds;
        AddIf(age >= 50 && dice.Chance(0.5), SupportNeed.Older);
        AddIf(worker.Schooling.Band == SchoolingBand.None, SupportNeed.Illiterate);
        AddIf(worker.Schooling.Band <= SchoolingBand.Primary && dice.Chance(0.12), SupportNeed.NoMandarin);
        AddIf(worker.EmploymentStatus == EmploymentStatus.NotEmployed && dice.Chance(0.4), SupportNeed.FirstTimeAway);
        AddIf(needs.Count >= 2 && dice.Chance(0.5), SupportNeed.Escort);

        void AddIf(bool holds, SupportNeed need)
        {
            if (holds)
            {
                needs.Add(need);
            }
        }
    }
}
