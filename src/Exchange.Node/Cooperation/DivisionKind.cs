using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Administrative divisions, dated: several records share a code when its name changed.</summary>
internal sealed class DivisionKind : RecordKind<Division>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "division";

    /// <summary>The division's own code.</summary>
    public const string CodeIndex = "code";

    public override string Name => KindName;

    protected override IEnumerable<FieldViolation> Check(Division payload, RuleContext context) =>
        DivisionRules.Check(payload);

    protected override RecordFacts Describe(Guid id, Division payload, IPersonTokens tokens) =>
        Divisions.TryNormalise(payload.Code, out var code)
            ? new RecordFacts
            {
                Keys = [new IndexKey(CodeIndex, code)],
                ScopeKeys = [new ScopeKey { Name = ScopeNames.Division, Value = code }],
            }
            : RecordFacts.None;
}
