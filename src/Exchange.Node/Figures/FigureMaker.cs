using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Makes figures of what was counted.</summary>
internal static class FigureMaker
{
    /// <summary>A figure that is counted from records.</summary>
    public static Figure Make(FigureTables tables, PlannedFigure planned)
    {
        var count = new FigureCount(tables, planned.Plan);
        var counted = count.Result();
        var figure = new Figure
        {
            Scope = planned.Plan.Scope,
            Value = counted.Value,
            Origin = FigureOrigin.Records,
        };
        if (planned.Plan.Partition != default)
        {
            figure.UnclassifiedValue = counted.Unclassified;
            figure.Parts.AddRange(counted.Parts.Select(part => PartOf(planned, part.Key, part.Value)));
        }

        if (count.Unstated > 0)
        {
            figure.Notes.Add($"{count.Unstated} stretches of work state no monthly pay in CNY and count nothing.");
        }

        // Every county must have one.
        if (planned.Plan is { Scope.Measure: Measure.Bases, Partition: Partition.Area }
            && figure.Parts.Where(part => part.Value == 0).ToList() is { Count: > 0 } without)
        {
            figure.Notes.Add($"{without.Count} of {figure.Parts.Count} divisions have none: "
                + $"{string.Join(", ", without.Select(part => $"{part.Key} {part.DivisionName}"))}.");
        }

        figure.Base = BaseOf(tables, planned);
        if (planned.Compared is { } compared)
        {
            figure.Change = ChangeOf(compared.Scope, counted.Value, new FigureCount(tables, compared).Result().Value);
        }

        Rates.Fill(figure);
        return figure;
    }

    /// <summary>What a figure is held against; null for nothing.</summary>
    public static FigureBase? BaseOf(FigureTables tables, PlannedFigure planned) => planned switch
    {
        { Target: { } target } => new FigureBase
        {
            Scope = FigurePlanner.ScopeOf(target, part: null),
            Value = target.Number,
            TargetId = planned.TargetId,
        },
        { Base: { } held } => new FigureBase
        {
            Scope = held.Scope,
            Value = new FigureCount(tables, held).Result().Value,
        },
        _ => null,
    };

    private static FigurePart PartOf(PlannedFigure planned, string key, long value) => new()
    {
        Key = key,
        Value = value,
        DivisionName = planned.Plan.Partition is Partition.Area or Partition.Place
            ? planned.Children.FirstOrDefault(child => child.Code == key)?.Name ?? Divisions.Find(key)?.Name ?? ""
            : "",
    };

    private static FigureChange ChangeOf(FigureScope scope, long value, long before)
    {
        var change = new FigureChange { Scope = scope, Value = before };
        if (Rates.Hundredths(value - before, before) is { } known)
        {
            change.ChangeHundredths = known;
        }

        return change;
    }
}
