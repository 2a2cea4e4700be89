using Exchange.Node.Access;
using Exchange.Node.Cooperation;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Date = Google.Type.Date;

namespace Exchange.Node.Figures;

/// <summary>Checks questions and looks up what they name, before anything is counted.</summary>
internal sealed class FigurePlanner(IRecordStore store, RecordCodec codec, DivisionTree tree, TimeProvider time)
{
    private const int MostQuestions = 50;
    private const string Worker = "worker";

    /// <summary>The day of a report; today when none is asked for.</summary>
    public DateOnly AsOf(Date? date)
    {
        var today = NodeIdentity.Today(time);
        return date is null
            ? today
            : DateRules.Day(date) is { } day && day <= today
                ? day
                : throw ExchangeException.Invalid("as_of_date", "It must be a day that exists and has come.");
    }

    /// <summary>Everything that is asked for, checked.</summary>
    public async Task<IReadOnlyList<PlannedFigure>> PlanAsync(
        IReadOnlyList<FigureQuestion> questions, DateOnly asOf, Reach reach, CancellationToken cancellationToken)
    {
        if (questions.Count is 0 or > MostQuestions)
        {
            throw ExchangeException.Invalid("questions", $"Send 1 to {MostQuestions}, not {questions.Count}.");
        }

        var planned = new List<PlannedFigure>();
        for (var i = 0; i < questions.Count; i++)
        {
            planned.Add(await PlanAsync(questions[i], $"questions[{i}]", asOf, reach, cancellationToken));
        }

        return planned;
    }

    /// <summary>One question, checked.</summary>
    public async Task<PlannedFigure> PlanAsync(
        FigureQuestion question, string path, DateOnly asOf, Reach reach, CancellationToken cancellationToken)
    {
        var target = await FindTargetAsync(question.TargetId, $"{path}.target_id", cancellationToken);
        var scope = target is null ? question.Scope ?? new FigureScope() : ScopeOf(target, question.Scope);
        var violations = FigureRules.Check(scope, $"{path}.scope")
            .Concat(FigureRules.CheckPartition(question, scope, path));
        if (question.BaseScope is { } held)
        {
            violations = violations.Concat(FigureRules.Check(held, $"{path}.base_scope"));
        }

        if (question.BaseScope is not null && target is not null)
        {
            violations = violations.Append(new($"{path}.target_id", "A figure is held against one thing: drop one."));
        }

        if (violations.ToList() is { Count: > 0 } wrong)
        {
            throw ExchangeException.Invalid(wrong);
        }

        Require(reach, scope);
        Require(reach, question.BaseScope);
        var children = question.Partition == Partition.Area || question.FromReports
            ? await tree.ChildrenAsync(scope.DivisionCode, day: null, cancellationToken)
            : [];
        var plan = new FigurePlan(scope, asOf)
        {
            Partition = question.Partition,
            PartCodes = question.Partition == Partition.Area
                ? [.. children.Select(child => child.Code)]
                : [.. question.PlaceDivisionCodes],
        };
        return new PlannedFigure(plan)
        {
            Base = question.BaseScope is { } baseScope ? new FigurePlan(baseScope, asOf) : null,
            TargetId = question.TargetId,
            Target = target,
            Compared = Compared(question, scope, asOf),
            Children = children,
            FromReports = question.FromReports,
        };
    }

    /// <summary>The scope that a target is of; perhaps of a division below.</summary>
    public static FigureScope ScopeOf(Target target, FigureScope? part) => new()
    {
        Measure = target.Measure,
        Counting = target.Counting,
        DivisionCode = part is { DivisionCode.Length: > 0 } ? part.DivisionCode : PlaceRules.Code(target.Place),
        FromDate = target.FromDate,
        ToDate = target.ToDate,
        Card = target.Card,
    };

    /// <summary>Refuses to count what the caller doesn't reach.</summary>
    public static void Require(Reach reach, FigureScope? scope)
    {
        if (scope is not null && Measures.Of(scope.Measure) is { } rules)
        {
            // Whatever can be told apart by status or schooling is told from workers.
            string[] persons = rules.Partitions.Contains(Partition.Card) ? [Worker] : [];
            reach.RequireFigures(scope.DivisionCode, [.. persons, .. rules.Kinds]);
        }
    }

    private async Task<Target?> FindTargetAsync(string id, string path, CancellationToken cancellationToken)
    {
        if (id.Length == 0)
        {
            return null;
        }

        var key = new RecordKey(TargetKind.KindName, RecordResolver.ParseId(path, id));
        return await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored
            && codec.Decode(stored).Payload is { } payload
            ? payload.Unpack<Target>()
            : throw ExchangeException.NotFound(TargetKind.KindName, id);
    }

    private static FigurePlan? Compared(FigureQuestion question, FigureScope scope, DateOnly asOf)
    {
        if (question.ComparedFromDate is null)
        {
            return null;
        }

        var other = scope.Clone();
        (other.FromDate, other.ToDate) = (question.ComparedFromDate, question.ComparedToDate);
        return new FigurePlan(other, asOf);
    }
}

/// <summary>A question with what it names.</summary>
/// <param name="Plan">What to count.</param>
internal sealed record PlannedFigure(FigurePlan Plan)
{
    /// <summary>What to hold it against.</summary>
    public FigurePlan? Base { get; init; }

    /// <summary>The target that it is held against; empty for none.</summary>
    public string TargetId { get; init; } = "";

    public Target? Target { get; init; }

    /// <summary>The same of another period.</summary>
    public FigurePlan? Compared { get; init; }

    /// <summary>The divisions right below, when they are needed.</summary>
    public IReadOnlyList<Division> Children { get; init; } = [];

    /// <summary>Adds up reports instead of counting.</summary>
    public bool FromReports { get; init; }
}
