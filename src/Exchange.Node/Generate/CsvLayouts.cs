using System.Globalization;
using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Generate;

/// <summary>The layouts in which generated records are written, each with its profile.</summary>
internal static class CsvLayouts
{
    /// <summary>
    /// Workers as the profile <c>village-ledger</c> reads them, with the code of the place in a column more.
    /// </summary>
    public static readonly CsvLayout<HouseholdMember> VillageLedger = new(
        ("户主姓名", member => member.HeadName),
        ("户主证件号码", member => member.HeadIdNumber),
        ("姓名", member => member.Worker.Name),
        ("身份证号", member => member.Worker.IdNumber),
        ("电话", member => member.Worker.Phone),
        ("文化程度", member => member.Worker.Schooling.Words),
        ("就业创业状态", member => LedgerWords.Of(member.Worker.EmploymentStatus)),
        ("就创业意愿", member => LedgerWords.Of(member.Worker.Willingness?.Kind ?? default)),
        ("劳动能力", member => LedgerWords.Of(member.Worker.LabourCapacity)),
        ("培训教育状态", member => member.Worker.TrainingWords),
        ("培训教育意愿", _ => ""),
        ("是否残疾人", member => LedgerWords.Of(member.Worker.Disability is not null)),
        ("上学状态", member => member.Worker.EmploymentStatus == EmploymentStatus.InSchool ? "上中学" : ""),
        ("备注", member => member.Worker.Remark),
        ("村编码", member => member.Worker.RegisteredPlace.DivisionCode),
        ("所在村", member => member.Worker.RegisteredPlace.Words));

    /// <summary>Households as the profile <c>village-ledger-households</c> reads them.</summary>
    public static readonly CsvLayout<Household> VillageLedgerHouseholds = new(
        ("认定年度", household => Year(household.CardStatusHistory.FirstOrDefault()?.FromDate)),
        ("户主姓名", household => household.HeadName),
        ("户主身份证号", household => household.HeadIdNumber),
        ("户主电话", household => household.Phone),
        ("详细住址", household => household.Place.Words),
        ("是否属于易地扶贫搬迁户", household => LedgerWords.Of(household.Relocation is not null)),
        ("安置点名称", household => household.Relocation?.Settlement ?? ""),
        ("是否残疾人", household => LedgerWords.Of(household.HasDisabledMember)),
        ("脱贫状态", household => LedgerWords.Of(household.CardStatusHistory.LastOrDefault()?.Status ?? default)),
        ("备注", household => household.Remark),
        ("村编码", household => household.Place.DivisionCode));

    /// <summary>Vacancies with their keys as the profile <c>exchange-vacancies</c> reads them.</summary>
    public static readonly CsvLayout<(ExternalKey Key, Vacancy Vacancy)> Vacancies = new(
        ("岗位编号", row => row.Key.SourceId),
        ("岗位名称", row => row.Vacancy.Title),
        ("用人单位", row => row.Vacancy.EmployerName),
        ("招聘人数", row => Number(row.Vacancy.Headcount)),
        ("已招人数", row => Number(row.Vacancy.FilledCount)),
        ("月薪下限", row => Number(row.Vacancy.Pay.MinMinor / 100)),
        ("月薪上限", row => Number(row.Vacancy.Pay.MaxMinor / 100)),
        ("包吃", row => LedgerWords.Of(row.Vacancy.Board)),
        ("包住", row => LedgerWords.Of(row.Vacancy.Lodging)),
        ("最低年龄", row => Number(row.Vacancy.MinAge)),
        ("最高年龄", row => Number(row.Vacancy.MaxAge)),
        ("学历要求", row => row.Vacancy.MinSchooling?.Words ?? "不限"),
        ("职业编码", row => row.Vacancy.Occupation.Code),
        ("工种", row => row.Vacancy.Occupation.Words),
        ("行业编码", row => row.Vacancy.IndustryCode),
        ("工作地点编码", row => row.Vacancy.WorkPlace.DivisionCode),
        ("工作地点", row => row.Vacancy.WorkPlace.Words),
        ("班次", row => row.Vacancy.ShiftWords),
        ("每周工时", row => Number(row.Vacancy.WeeklyHoursHundredths / 100)),
        ("合同", row => row.Vacancy.ContractWords),
        ("经验月数", row => Number(row.Vacancy.ExperienceMonths)),
        ("残疾人专岗", row => Number(row.Vacancy.ReservedPosts.Sum(posts => posts.Headcount))),
        ("状态", row => LedgerWords.Of(row.Vacancy.Status)),
        ("开始日期", row => Day(row.Vacancy.StartDate)),
        ("截止日期", row => Day(row.Vacancy.EndDate)),
        ("更新日期", row => Day(row.Vacancy.SourceUpdatedDate)),
        ("岗位描述", row => row.Vacancy.Description));

    // 0 says "not stated" in the contract; a file says so with an empty cell.
    private static string Number(long number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    private static string Year(Date? date) => Number(date?.Year ?? 0);

    private static string Day(Date date) =>
        string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}");
}
