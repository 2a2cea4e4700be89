using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Employers;

/// <summary>Employers and intermediaries: found by their credit code.</summary>
internal sealed class EmployerKind : RecordKind<Employer>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "employer";

    /// <summary>The unified social credit code; unique among a node's own employers.</summary>
    public const string CreditCodeIndex = "credit_code";

    public override string Name => KindName;

    protected override IEnumerable<FieldViolation> Check(Employer payload, RuleContext context) =>
        EmployerRules.Check(payload);

    protected override RecordFacts Describe(Guid id, Employer payload, IPersonTokens tokens) => new()
    {
        Keys = CreditCode.TryNormalise(payload.CreditCode, out var code)
            ? [new IndexKey(CreditCodeIndex, code, Unique: true)]
            : [],
        ScopeKeys = ScopeNames.Of(payload.Place),
    };
}
