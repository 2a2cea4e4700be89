using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>Workers: found by the blind token of their ID number, selected by where they are registered.</summary>
internal sealed class WorkerKind : RecordKind<Worker>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "worker";

    public override string Name => KindName;

    public override bool IsPersonal => true;

    public override string PersonIndex => IndexNames.Person;

    protected override IEnumerable<FieldViolation> Check(Worker payload, RuleContext context) =>
        WorkerRules.Check(payload, context);

    protected override RecordFacts Describe(Guid id, Worker payload, IPersonTokens tokens)
    {
        var keys = new List<IndexKey>(2);
        if (PersonRules.Token(payload.IdNumber, tokens) is { Length: > 0 } token)
        {
            keys.Add(new IndexKey(IndexNames.Person, token, Unique: true));
        }
        else if (PersonRules.InvalidToken(payload.IdNumber, tokens) is { Length: > 0 } invalid)
        {
            keys.Add(new IndexKey(IndexNames.InvalidNumber, invalid));
        }

        if (PlaceRules.Code(payload.RegisteredPlace) is { Length: > 0 } division)
        {
            keys.Add(new IndexKey(IndexNames.Division, division));
        }

        return new RecordFacts
        {
            Keys = keys,
            ScopeKeys = ScopeNames.Of(payload.RegisteredPlace),
            SubjectIds = [id.ToString()],
            References = [.. ReferenceRules.To(HouseholdKind.KindName, payload.HouseholdId)],
        };
    }
}
