using Exchange.V1;

namespace Exchange.Node.Generate;

/// <summary>
/// The words that ledgers and notices have for the contract's values; empty for what they don't state.
/// </summary>
internal static class LedgerWords
{
    public static string Of(bool yes) => yes ? "是" : "否";

    public static string Of(EmploymentStatus status) => status switch
    {
        EmploymentStatus.NotEmployed => "未就业创业",
        EmploymentStatus.Transferred => "转移就业",
        EmploymentStatus.Farming => "农业就业",
        EmploymentStatus.SelfEmployed => "自主创业",
        EmploymentStatus.Flexible => "灵活就业",
        _ => "",
    };

    public static string Of(WillingnessKind kind) => kind switch
    {
        WillingnessKind.Transfer => "有转移就业意愿",
        WillingnessKind.StartUp => "有创业意愿",
        WillingnessKind.None => "无就业创业意愿",
        _ => "",
    };

    public static string Of(LabourCapacity capacity) => capacity switch
    {
        LabourCapacity.Ordinary => "普通劳动力",
        LabourCapacity.Skilled => "技能劳动力",
        LabourCapacity.Weak => "弱劳动力",
        LabourCapacity.Lost => "丧失劳动力",
        LabourCapacity.None => "无劳动力",
        _ => "",
    };

    public static string Of(CardStatus status) => status switch
    {
        CardStatus.Poor => "未脱贫",
        CardStatus.OutOfPoverty => "已脱贫",
        CardStatus.Returned => "返贫",
        CardStatus.NewlyFound => "新认定",
        _ => "",
    };

    public static string Of(Provision provision) => provision switch
    {
        Provision.Free => "免费",
        Provision.Paid => "收费",
        Provision.None => "不提供",
        _ => "",
    };

    public static string Of(VacancyStatus status) => status switch
    {
        VacancyStatus.Open => "招聘中",
        VacancyStatus.Paused => "暂停",
        VacancyStatus.Filled => "已招满",
        VacancyStatus.Expired => "已过期",
        VacancyStatus.Withdrawn => "已撤回",
        VacancyStatus.Refused => "未获批准",
        _ => "",
    };
}
