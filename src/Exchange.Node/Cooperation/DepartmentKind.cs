using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Departments that lead or take part: found by their division.</summary>
internal sealed class DepartmentKind() : PlainKind<Department>("department")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(Department payload, RuleContext context)
    {
        var reads = payload.Rights.Contains(DepartmentRight.ReadRecords)
            || payload.Rights.Contains(DepartmentRight.WriteRecords);
        if (reads && payload.KindNames.Count == 0)
        {
            yield return new("kind_names", "It is empty. A right to records names their kinds.");
        }
    }
}
