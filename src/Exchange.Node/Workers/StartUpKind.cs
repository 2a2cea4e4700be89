using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>Start-ups: found by the worker, by where they are, and by the class that they followed.</summary>
internal sealed class StartUpKind() : PlainKind<StartUp>("start_up")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(StartUp payload, RuleContext context) =>
    [
        .. DateRules.CheckPast(payload.StartDate, context.Today, "start_date"),
    ];
}
