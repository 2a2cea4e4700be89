using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>
/// Answers questions: counts all of them from one state of the store, and adds reports up where asked to.
/// </summary>
internal sealed class FigureDesk(FigureBook book, FigurePlanner planner, PublishedReports reports, TargetBook targets)
{
    /// <summary>One figure for each question.</summary>
    public async Task<IReadOnlyList<Figure>> AnswerAsync(
        IReadOnlyList<FigureQuestion> questions, DateOnly asOf, Reach reach, CancellationToken cancellationToken)
    {
        var planned = await planner.PlanAsync(questions, asOf, reach, cancellationToken);
        var figures = await book.ReadAsync(
            tables => planned.Select(one => one.FromReports ? null : FigureMaker.Make(tables, one)).ToList(),
            cancellationToken);
        for (var i = 0; i < planned.Count; i++)
        {
            figures[i] ??= await AddUpAsync(planned[i], reach, cancellationToken);
            await NoteTargetAsync(figures[i]!, cancellationToken);
        }

        return figures!;
    }

    /// <summary>How far a target is met; counted, or where nothing counts, added up from reports.</summary>
    public async Task<Figure> CompleteAsync(
        string id, Target target, DateOnly asOf, Reach reach, CancellationToken cancellationToken)
    {
        var question = new FigureQuestion { Scope = FigurePlanner.ScopeOf(target, part: null), TargetId = id };
        var counted = (await AnswerAsync([question], asOf, reach, cancellationToken))[0];
        if (counted.Value > 0)
        {
            return counted;
        }

        question.FromReports = true;
        var added = (await AnswerAsync([question], asOf, reach, cancellationToken))[0];
        return added.Parts.Count > 0 ? added : counted;
    }

    /// <summary>A figure as it was stated, or counted.</summary>
    public async Task<NamedNumber> ReadAsync(
        FigureClaim claim, string path, DateOnly asOf, Reach reach, CancellationToken cancellationToken)
    {
        if (claim.Words.Length > 0)
        {
            var printed = PrintedNumber.Read(claim.Words)
                ?? throw ExchangeException.Invalid($"{path}.words", "It holds no number, such as 9.48万 or 51.8%.");
            return new NamedNumber(printed, claim.Question, claim.Question?.BaseScope);
        }

        var question = claim.Question
            ?? throw ExchangeException.Invalid(path, "State its words, or ask a question to count it.");
        var planned = await planner.PlanAsync(question, $"{path}.question", asOf, reach, cancellationToken);
        var figure = await book.ReadAsync(tables => FigureMaker.Make(tables, planned), cancellationToken);
        var isRate = figure.Base is { Value: > 0 } && figure.Base.RateCase == FigureBase.RateOneofCase.RateHundredths;
        var number = isRate ? 100m * figure.Value / figure.Base!.Value : figure.Value;
        return new NamedNumber(
            PrintedNumber.Exact(number, isRate), question, isRate ? figure.Base!.Scope : null);
    }

    private async Task<Figure> AddUpAsync(PlannedFigure planned, Reach reach, CancellationToken cancellationToken)
    {
        reach.RequireFigures(planned.Plan.Scope.DivisionCode, [PublishedReportKind.KindName]);
        var found = await reports.FindAsync(
            planned.Plan.Scope,
            planned.Children.Select(child => child.Code),
            planned.Plan.AsOf,
            cancellationToken);
        var figure = new Figure { Scope = planned.Plan.Scope, Origin = FigureOrigin.Reports };
        foreach (var child in planned.Children.Where(child => found.ContainsKey(child.Code)))
        {
            var part = found[child.Code];
            figure.Value += part.Value;
            figure.Parts.Add(
                new FigurePart { Key = child.Code, Value = part.Value, DivisionName = child.Name });
        }

        var missing = planned.Children.Where(child => !found.ContainsKey(child.Code))
            .Select(child => child.Name).ToList();
        if (missing.Count > 0)
        {
            figure.Notes.Add($"No report of {missing.Count} of {planned.Children.Count} divisions says this: "
                + $"{string.Join(", ", missing)}.");
        }

        figure.Base = await book.ReadAsync(tables => FigureMaker.BaseOf(tables, planned), cancellationToken);
        Rates.Fill(figure);
        return figure;
    }

    // Whoever reads how far a target is met shall see that its parts don't make it.
    private async Task NoteTargetAsync(Figure figure, CancellationToken cancellationToken)
    {
        if (figure.Base is { TargetId.Length: > 0 } held)
        {
            var check = await targets.SumAsync(held.TargetId, cancellationToken);
            figure.Notes.AddRange(check.Findings);
        }
    }
}
