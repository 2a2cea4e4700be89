using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Messages;

/// <summary>Job codes: one vacancy each, found by their digits and by the vacancy.</summary>
internal sealed class JobCodeKind : RecordKind<JobCode>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "job_code";

    /// <summary>The six digits; unique on a node.</summary>
    public const string CodeIndex = "code";

    public override string Name => KindName;

    public override bool StaysHome => true;

    protected override IEnumerable<FieldViolation> Check(JobCode payload, RuleContext context) =>
        ShapeRules.Check(payload).Concat(CheckCode(payload));

    protected override RecordFacts Describe(Guid id, JobCode payload, IPersonTokens tokens)
    {
        var keys = new List<IndexKey>(2);
        if (JobDigits.IsCode(payload.Code))
        {
            keys.Add(new IndexKey(CodeIndex, payload.Code, Unique: true));
        }

        if (ReferenceRules.IsId(payload.VacancyId))
        {
            keys.Add(new IndexKey(IndexNames.Vacancy, payload.VacancyId));
        }

        return new RecordFacts
        {
            Keys = keys,
            References = [.. ReferenceRules.To(VacancyKind.KindName, payload.VacancyId)],
        };
    }

    private static IEnumerable<FieldViolation> CheckCode(JobCode code)
    {
        if (code.Code.Length > 0 && !JobDigits.IsCode(code.Code))
        {
            yield return new("code", "It must have six digits, of which the last checks the others.");
        }
    }
}
