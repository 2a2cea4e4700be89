using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>
/// Households: found by the blind token of their head's ID number, selected by where they are registered.
/// </summary>
internal sealed class HouseholdKind : RecordKind<Household>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "household";

    /// <summary>The blind token of the head's ID number; unique among a node's own households.</summary>
    public const string HeadIndex = "head";

    public override string Name => KindName;

    public override bool IsPersonal => true;

    public override string PersonIndex => HeadIndex;

    protected override IEnumerable<FieldViolation> Check(Household payload, RuleContext context) =>
        HouseholdRules.Check(payload, context);

    protected override RecordFacts Describe(Guid id, Household payload, IPersonTokens tokens)
    {
        var keys = new List<IndexKey>(2);
        if (PersonRules.Token(payload.HeadIdNumber, tokens) is { Length: > 0 } token)
        {
            keys.Add(new IndexKey(HeadIndex, token, Unique: true));
        }

        if (PlaceRules.Code(payload.Place) is { Length: > 0 } division)
        {
            keys.Add(new IndexKey(IndexNames.Division, division));
        }

        return new RecordFacts
        {
            Keys = keys,
            ScopeKeys = ScopeNames.Of(payload.Place),
            SubjectIds = [id.ToString()],
        };
    }
}
