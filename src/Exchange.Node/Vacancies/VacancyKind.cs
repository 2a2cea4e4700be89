using Exchange.Node.Access;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Vacancies;

/// <summary>Vacancies: found and selected by where the work is, and found by their employer.</summary>
internal sealed class VacancyKind : RecordKind<Vacancy>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "vacancy";

    /// <summary>The id of the employer's record.</summary>
    public const string EmployerIndex = "employer";

    public override string Name => KindName;

    public override bool Settle(IMessage payload, Func<IMessage?> held, Reach writer)
    {
        TermsReview? Decided() => ((Vacancy?)held())?.TermsReview;
        var vacancy = (Vacancy)payload;
        if (!writer.DecidesTerms)
        {
            TermsRules.RequireUndecided(vacancy, Decided);
        }

        return TermsRules.Hold(vacancy, Decided);
    }

    protected override IEnumerable<FieldViolation> Check(Vacancy payload, RuleContext context) =>
        VacancyRules.Check(payload, context.Today);

    protected override RecordFacts Describe(Guid id, Vacancy payload, IPersonTokens tokens)
    {
        var keys = new List<IndexKey>(2);
        if (PlaceRules.Code(payload.WorkPlace) is { Length: > 0 } division)
        {
            keys.Add(new IndexKey(IndexNames.Division, division));
        }

        if (ReferenceRules.IsId(payload.EmployerId))
        {
            keys.Add(new IndexKey(EmployerIndex, payload.EmployerId));
        }

        return new RecordFacts
        {
            Keys = keys,
            ScopeKeys = ScopeNames.Of(payload.WorkPlace),
            References = [.. ReferenceRules.To(Employers.EmployerKind.KindName, payload.EmployerId)],
        };
    }
}
