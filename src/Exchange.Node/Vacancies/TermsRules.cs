using System.Text.RegularExpressions;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Vacancies;

/// <summary>
/// A notice that asks for a sex or a people is held until an authority has decided on exactly what it asks for.
/// </summary>
internal static partial class TermsRules
{
    /// <summary>What a notice asks for that only an authority can allow, word for word.</summary>
    public static IReadOnlyList<string> Demands(Vacancy vacancy)
    {
        var demands = new List<string>();
        if (vacancy.SexWanted is Sex.Male or Sex.Female)
        {
            demands.Add(vacancy.SexWanted == Sex.Male ? "男" : "女");
        }

        if (!TextRules.IsBlank(vacancy.EthnicityWantedWords))
        {
            demands.Add(vacancy.EthnicityWantedWords);
        }

        string[] texts = [vacancy.Title, vacancy.Description, vacancy.ContractWords];
        demands.AddRange(texts.SelectMany(text => Asking().Matches(text)).Select(match => match.Value));
        return [.. demands.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>
    /// Holds a notice that asks for what no authority has accepted, and says for what. One whose writer leaves the
    /// decision out keeps the one that was made: a job system that sends its notices every night doesn't know it.
    /// </summary>
    /// <param name="vacancy">The notice; changed in place.</param>
    /// <param name="decided">Reads the decision that stands.</param>
    /// <returns>Whether it was changed.</returns>
    public static bool Hold(Vacancy vacancy, Func<TermsReview?> decided)
    {
        var (review, status, held) = (vacancy.TermsReview, vacancy.Status, vacancy.HeldTerms.ToList());
        var demands = Demands(vacancy);
        if (demands.Count > 0)
        {
            vacancy.TermsReview ??= decided()?.Clone();
        }

        var open = vacancy.TermsReview is { Decision: TermsDecision.Rejected }
            ? demands
            : demands.Where(demand => vacancy.TermsReview?.Terms.Contains(demand) is not true).ToList();
        if (IsOffered(vacancy) && open.Count > 0 && vacancy.TermsReview is not { Decision: TermsDecision.Rejected })
        {
            vacancy.Status = VacancyStatus.Held;
        }

        vacancy.HeldTerms.Clear();
        vacancy.HeldTerms.AddRange(vacancy.Status == VacancyStatus.Held ? open : []);
        return vacancy.TermsReview != review || vacancy.Status != status || !vacancy.HeldTerms.SequenceEqual(held);
    }

    /// <summary>
    /// Refuses another decision than the one that stands, from whoever may not decide: a publisher would accept its own
    /// terms.
    /// </summary>
    /// <param name="vacancy">The notice as it was sent.</param>
    /// <param name="decided">Reads the decision that stands; null for none.</param>
    /// <exception cref="ExchangeException">It is another one.</exception>
    public static void RequireUndecided(Vacancy vacancy, Func<TermsReview?> decided)
    {
        if (vacancy.TermsReview is { } sent && !sent.Equals(decided()))
        {
            throw ExchangeException.Invalid(
                "terms_review",
                "Only a credential with the desk role may write a decision down. Leave it out: the one that stands is "
                + "kept. Send the authority's decision to this node's desk.");
        }
    }

    /// <summary>Checks the decision, and that a notice with rejected terms isn't offered.</summary>
    public static IEnumerable<FieldViolation> Check(Vacancy vacancy, DateOnly today)
    {
        foreach (var violation in DateRules.CheckPast(
            vacancy.TermsReview?.DecidedDate, today, "terms_review.decided_date")
            .Concat(DateRules.CheckPast(vacancy.Verification?.VerifiedDate, today, "verification.verified_date")))
        {
            yield return violation;
        }

        if (IsOffered(vacancy)
            && vacancy.TermsReview is { Decision: TermsDecision.Rejected }
            && Demands(vacancy).Count > 0)
        {
            yield return new("status", "Its terms were rejected. Take the demand out of the notice, or withdraw it.");
        }
    }

    private static bool IsOffered(Vacancy vacancy) =>
        vacancy.Status is VacancyStatus.Open or VacancyStatus.Paused or VacancyStatus.Filled;

    // 限男, 男性优先, 只招女工, 女士若干; 限汉族, 少数民族勿扰. Words that only name who works there ask for nothing.
    [GeneratedRegex(
        "(限|仅限|只招|只要|招)(男|女)(性|工|士|生)?"
            + "|(男|女)(性|工|士|生)?(优先|为主|不限额|勿扰)"
            + "|(限|仅限|只招|只要)(汉族|[\\p{IsCJKUnifiedIdeographs}]{1,4}族)"
            + "|(汉族|少数民族|[\\p{IsCJKUnifiedIdeographs}]{1,2}族)(优先|除外|勿扰|不要)",
        RegexOptions.CultureInvariant)]
    private static partial Regex Asking();
}
