using Exchange.V1;
using Date = Google.Type.Date;

namespace Exchange.Node.Tests.Records;

/// <summary>One record of each kind with every field filled, to which no rule objects.</summary>
internal static class Samples
{
    public const string IdNumber = "11010519491231002X";
    public const string Id = "019a0000-0000-7000-8000-0000000000aa";

    public static Worker Worker() => new()
    {
        Name = "王小明",
        IdNumber = IdNumber,
        Sex = Sex.Female,
        BirthDate = Date(1949, 12, 31),
        EthnicityCode = "06",
        RegisteredPlace = Place("530627101203", "镇雄县乌峰街道"),
        ResidencePlace = Place("441900118", "东莞市大岭山镇"),
        Phone = "13812345678",
        HouseholdId = Id,
        RelationToHead = "配偶",
        Schooling = new Schooling { Code = "70", Band = SchoolingBand.Junior, Words = "初中" },
        LabourCapacity = LabourCapacity.Ordinary,
        CardStatusHistory = { Card(CardStatus.Poor, 2014), Card(CardStatus.OutOfPoverty, 2018, 12, 31) },
        Disability = new Disability { Class = 4, Grade = 2, WantsReservedPost = true },
        Skills = { new Skill { Occupation = Shoemaker(), CertificateLevel = 5, CertifiedDate = Date(2019, 5, 1) } },
        Willingness = new Willingness
        {
            Kind = WillingnessKind.Transfer,
            Occupations = { Shoemaker() },
            Places = { Place("4419", "东莞") },
            Pay = Pay(),
            SurveyedDate = Date(2026, 3, 1),
            CannotLeaveWords = "照顾老人",
        },
        SupportNeeds = { SupportNeed.FirstTimeAway },
        EmploymentStatus = EmploymentStatus.NotEmployed,
        WorkHistory =
        {
            new WorkEntry { EmployerWords = "某电子厂", FromDate = Date(2015), ToDate = Date(2016, 12), Pay = Pay() },
        },
        TrainingWords = "转移就业技能培训",
        Remark = "第一行\n第二行",
    };

    public static Household Household() => new()
    {
        HeadName = "王大山",
        HeadIdNumber = IdNumber,
        Phone = "0870-2123456",
        Place = Place("530627101203", "镇雄县乌峰街道"),
        CardStatusHistory = { Card(CardStatus.Poor, 2014) },
        Relocation = new Relocation { Settlement = "鲁甸县卯家湾安置区", MovedDate = Date(2019, 12, 1) },
        HasDisabledMember = true,
        MemberCount = 5,
        Remark = "无",
    };

    public static Employer Employer() => new()
    {
        Name = "东莞市大岭山某某鞋业有限公司",
        CreditCode = "91350100M000100Y43",
        Kind = EmployerKind.Enterprise,
        Place = Place("441900118", "东莞市大岭山镇"),
        IndustryCode = "C1952",
        OfficePhone = "0769-22112233",
    };

    public static Vacancy Vacancy() => new()
    {
        Title = "制鞋工",
        EmployerId = Id,
        EmployerName = "东莞市大岭山某某鞋业有限公司",
        Headcount = 50,
        FilledCount = 50,
        Pay = Pay(),
        Board = Provision.Free,
        Lodging = Provision.Paid,
        MinAge = 16,
        MaxAge = 50,
        MinSchooling = new Schooling { Band = SchoolingBand.Primary },
        Occupation = Shoemaker(),
        IndustryCode = "1952",
        WorkPlace = Place("441900118", "东莞市大岭山镇"),
        ShiftWords = "白班\n夜班",
        WeeklyHoursHundredths = 4_000,
        WorkTime = WorkTime.Full,
        ContractWords = "一年",
        ExperienceMonths = 6,
        Description = "流水线制鞋。\n包食宿。",
        ReservedPosts =
        {
            new ReservedPosts { Group = ReservedGroup.Disabled, Headcount = 2 },
            new ReservedPosts { Group = ReservedGroup.CardHolder, Headcount = 48 },
        },
        Status = VacancyStatus.Open,
        StatusWords = "招聘中",
        StartDate = Date(2026, 3, 1),
        EndDate = Date(2026, 3, 1),
        SourceUpdatedDate = Date(2026, 2, 28),
        SourceUri = "https://example.org/jobs?id=17#top",
        Channel = IntroducingChannel.Network,
        Verification = new Verification { VerifiedBy = "大岭山人社分局", VerifiedDate = Date(2026, 2, 28) },
        SexWanted = Sex.Female,
        TermsReview = new TermsReview
        {
            Decision = TermsDecision.Accepted,
            DecidedBy = "东莞市人力资源和社会保障局",
            DecidedDate = Date(2026, 2, 28),
            Terms = { "女" },
            ReasonWords = "女职工浴室管理",
        },
    };

    public static PlacementEvent PlacementEvent() => new()
    {
        PlacementId = Id,
        WorkerId = Id,
        VacancyId = Id,
        SendingNode = "zhaotong",
        ReceivingNode = "dongguan",
        Type = PlacementEventType.Checked3Months,
        HappenedDate = Date(2026, 3, 1),
        Evidence = new Evidence { Kind = EvidenceKind.Payslip, CheckedBy = "服务站", CheckedDate = Date(2026, 3, 1) },
        Pay = Pay(),
        Organisation = Organisation.Organised,
        Channel = IntroducingChannel.Government,
        Note = "稳定",
    };

    public static Division Division() => new()
    {
        Code = "530630",
        Name = "水富县",
        Level = DivisionLevel.County,
        ParentCode = "5306",
        ValidFromDate = Date(2001, 8, 1),
        ValidToDate = Date(2018, 11, 1),
        SuccessorCodes = { "530681" },
    };

    public static PayRange Pay() =>
        new() { Currency = "CNY", MinMinor = 400_000, MaxMinor = 550_000, Unit = PayUnit.Month, Words = "4000-5500" };

    public static Occupation Shoemaker() => new() { System = "CSCO-2022", Code = "6-05-04-01", Words = "制鞋工" };

    public static Place Place(string code, string words) => new() { DivisionCode = code, Words = words };

    public static Date Date(int year, int month = 0, int day = 0) => new() { Year = year, Month = month, Day = day };

    private static CardStatusEntry Card(CardStatus status, int year, int month = 0, int day = 0) =>
        new() { Status = status, FromDate = Date(year, month, day) };
}
