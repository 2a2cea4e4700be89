using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Training;

/// <summary>Allowances of students: found by the worker and the student, shared by both nodes.</summary>
internal sealed class StudentAllowanceKind() : PlainKind<StudentAllowance>("student_allowance")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(StudentAllowance payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.PaidDate, context.Today, "paid_date"),
        .. PartyRules.CheckOneOf(payload.SendingNode, payload.ReceivingNode, "receiving_node", context),
    ];
}
