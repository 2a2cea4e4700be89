using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>What a question must keep to. A scope names nothing that its measure can't tell.</summary>
internal static class FigureRules
{
    private const int MostPlaces = 50;

    /// <summary>Everything wrong with a scope.</summary>
    public static IEnumerable<FieldViolation> Check(FigureScope scope, string path)
    {
        if (Measures.Of(scope.Measure) is not { } rules)
        {
            yield return new($"{path}.measure", "State what is to be counted.");
            yield break;
        }

        if (!rules.Countings.Contains(scope.Counting))
        {
            yield return new($"{path}.counting", NotSoCounted(scope.Measure, rules));
        }

        // A subsidy must say its kind; a figure needn't be of one.
        foreach (var violation in ShapeRules.Check(scope)
            .Where(one => one.Field != "subsidy" || scope.Subsidy != default))
        {
            yield return violation with { Field = $"{path}.{violation.Field}" };
        }

        foreach (var violation in CheckFit(scope, rules, path))
        {
            yield return violation;
        }
    }

    /// <summary>Everything wrong with how a figure is to be divided.</summary>
    public static IEnumerable<FieldViolation> CheckPartition(FigureQuestion question, FigureScope scope, string path)
    {
        if (question.Partition != default
            && Measures.Of(scope.Measure)?.Partitions.Contains(question.Partition) == false)
        {
            yield return new($"{path}.partition", "What is counted can't be divided so. Choose another, or none.");
        }

        if (question.Partition == Partition.Area && scope.DivisionCode.Length == 0)
        {
            yield return new($"{path}.scope.division_code", "It is empty. Name the division whose parts are wanted.");
        }

        var codes = question.PlaceDivisionCodes;
        if ((question.Partition == Partition.Place) != codes.Count is > 0 and <= MostPlaces)
        {
            yield return new(
                $"{path}.place_division_codes", $"PARTITION_PLACE needs 1 to {MostPlaces} divisions, others none.");
        }

        if (codes.Any(code => !Divisions.IsNormal(code)))
        {
            yield return new($"{path}.place_division_codes", PlaceRules.CodeForm);
        }

        if ((DateRules.Day(question.ComparedFromDate) is null) != (DateRules.Day(question.ComparedToDate) is null))
        {
            yield return new($"{path}.compared_to_date", "Another period needs both its days, and they must exist.");
        }
    }

    /// <summary>What to say of a counting that a measure doesn't have.</summary>
    public static string NotSoCounted(Measure measure, MeasureRules rules) =>
        $"{measure} is counted as {string.Join(" or ", rules.Countings)}. State one of them.";

    private static IEnumerable<FieldViolation> CheckFit(FigureScope scope, MeasureRules rules, string path)
    {
        var hasPlace = rules.Partitions.Contains(Partition.Place);
        if (scope.DestinationDivisionCodes.Count > 0 && !hasPlace)
        {
            yield return new($"{path}.destination_division_codes", NotTold("where work is"));
        }

        if (scope.Destination != default && !rules.Partitions.Contains(Partition.Destination))
        {
            yield return new($"{path}.destination", NotTold("where work is"));
        }

        if (scope.Organisation != default && !Measures.IsPlaced(scope.Measure))
        {
            yield return new($"{path}.organisation", NotTold("whether it was organised"));
        }

        if (scope.Channel != default && !Measures.IsPlaced(scope.Measure))
        {
            yield return new($"{path}.channel", NotTold("the channel"));
        }

        if (scope.Subsidy != default && scope.Measure != Measure.Paid)
        {
            yield return new($"{path}.subsidy", "Only money that was paid has a kind of subsidy.");
        }

        if (scope.Card != default && !rules.Partitions.Contains(Partition.Card))
        {
            yield return new($"{path}.card", "Things aren't registered as poor.");
        }

        if (scope.ProgrammeId.Length > 0 && scope.Measure is not (Measure.Trained or Measure.Classes or Measure.Paid))
        {
            yield return new($"{path}.programme_id", NotTold("a programme"));
        }
    }

    private static string NotTold(string what) => $"What is counted doesn't tell {what}. Leave it out.";
}
