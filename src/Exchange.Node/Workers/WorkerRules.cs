using System.Globalization;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>What a worker written here must keep to.</summary>
internal static class WorkerRules
{
    private const int LastPeople = 56;

    /// <summary>The age from which on somebody is registered.</summary>
    private const int LeastAge = 14;

    /// <summary>Everything that must be mended.</summary>
    public static IEnumerable<FieldViolation> Check(Worker worker, RuleContext context) =>
    [
        .. ShapeRules.Check(worker),
        .. PersonRules.CheckName(worker.Name, "name"),
        .. PersonRules.CheckIdNumber(worker.IdNumber, context, "id_number"),
        .. CheckAgreement(worker),
        .. DateRules.CheckPast(worker.BirthDate, context.Today, "birth_date"),
        .. CheckAge(worker, context.Today),
        .. CheckEthnicity(worker.EthnicityCode),
        .. CardHistoryRules.Check(worker.CardStatusHistory, context.Today),
        .. CheckDisability(worker.Disability),
        .. CountRules.CheckMost(worker.WorkHistory.Count, "work_history", 50),
        .. worker.WorkHistory.SelectMany((entry, i) => CheckWork(entry, context.Today, $"work_history[{i}].")),
        .. worker.Skills.SelectMany((skill, i) => CheckSkill(skill, context.Today, $"skills[{i}].")),
        .. DateRules.CheckPast(worker.Willingness?.SurveyedDate, context.Today, "willingness.surveyed_date"),
    ];

    /// <summary>
    /// The date of birth: of the ID number, which has a check character; without one of the field, which may be a year
    /// alone. Null when neither is there.
    /// </summary>
    public static Google.Type.Date? BirthDate(Worker worker) =>
        IdNumber.Read(worker.IdNumber, out var number) == IdNumberFault.None
            ? DateRules.ToDate(number.BirthDate)
            : worker.BirthDate;

    // Which of the two is wrong only the card tells; the ID number has a check character, so the other field is named.
    private static IEnumerable<FieldViolation> CheckAgreement(Worker worker)
    {
        if (IdNumber.Read(worker.IdNumber, out var number) != IdNumberFault.None)
        {
            yield break;
        }

        if (worker.Sex is Sex.Male or Sex.Female && worker.Sex != number.Sex)
        {
            yield return new("sex", "It doesn't agree with the ID number. Compare both with the card.");
        }

        if (DateRules.Day(worker.BirthDate) is { } day && day != number.BirthDate)
        {
            yield return new("birth_date", "It doesn't agree with the ID number. Compare both with the card.");
        }
    }

    // Data of children under 14 is sensitive in the law's sense, and no use of the exchange needs it: a household
    // counts them. So they are never kept, and what isn't kept never flows.
    private static IEnumerable<FieldViolation> CheckAge(Worker worker, DateOnly today)
    {
        var hasNumber = IdNumber.Read(worker.IdNumber, out _) == IdNumberFault.None;
        if (DateRules.Day(BirthDate(worker)) is { } day && day <= today && day.AddYears(LeastAge) > today)
        {
            yield return new(
                hasNumber ? "id_number" : "birth_date",
                "The person is under 14, and children aren't registered. Count them in the household's member_count.");
        }
    }

    private static IEnumerable<FieldViolation> CheckEthnicity(string code)
    {
        if (code.Length == 0)
        {
            yield break;
        }

        // 97 and 98 stand for further peoples and for naturalised foreigners.
        var isCode = code.Length == 2 && StandardText.IsDigits(code)
            && int.Parse(code, CultureInfo.InvariantCulture) is (>= 1 and <= LastPeople) or 97 or 98;
        if (!isCode)
        {
            yield return new("ethnicity_code", "It must be a number of GB/T 3304 with two digits: 01 to 56, 97 or 98.");
        }
    }

    private static IEnumerable<FieldViolation> CheckDisability(Disability? disability)
    {
        if (disability is { Class: > 7 })
        {
            yield return new("disability.class", "It must be 1 to 7, or 0 when only the fact is known.");
        }

        if (disability is { Grade: > 4 })
        {
            yield return new("disability.grade", "It must be 1 to 4, or 0 when it isn't known.");
        }
    }

    private static IEnumerable<FieldViolation> CheckWork(WorkEntry entry, DateOnly today, string prefix)
    {
        foreach (var violation in DateRules.CheckPast(entry.FromDate, today, prefix + "from_date"))
        {
            yield return violation;
        }

        if (entry.ToDate is { } to && entry.FromDate is { } from && DateRules.IsSurelyBefore(to, from)
            && (DateRules.Day(to) is null || DateRules.Day(from) is null))
        {
            yield return new(prefix + "to_date", "It is earlier than from_date. Exchange the two or correct one.");
        }
    }

    private static IEnumerable<FieldViolation> CheckSkill(Skill skill, DateOnly today, string prefix)
    {
        if (skill.CertificateLevel > 5)
        {
            yield return new(prefix + "certificate_level", "It must be 1 to 5, or 0 without a certificate.");
        }

        foreach (var violation in DateRules.CheckPast(skill.CertifiedDate, today, prefix + "certified_date"))
        {
            yield return violation;
        }
    }
}
