using System.Collections;
using System.Globalization;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Date = Google.Type.Date;

namespace Exchange.Node.Figures;

/// <summary>Tells what agrees from what was rounded, from what is of something else, and from what is wrong.</summary>
internal static class Reconciliation
{
    private const string Form = "0.######";

    // Parts of a whole are of its parts, and their scopes say of which.
    private static readonly HashSet<string> PartFields = ["destination_division_codes", "destination", "division_code"];

    /// <summary>Holds a figure against others, added up.</summary>
    public static ReconcileFiguresResponse Compare(NamedNumber figure, IReadOnlyList<NamedNumber> others)
    {
        var sum = others.Skip(1).Aggregate(others[0].Number, (all, one) => all + one.Number);
        var reasons = others.SelectMany(other => Differences(figure, other, others.Count > 1)).Distinct().ToList();
        var response = new ReconcileFiguresResponse
        {
            FigureLow = Text(figure.Number.Low),
            FigureHigh = Text(figure.Number.High),
            OthersLow = Text(sum.Low),
            OthersHigh = Text(sum.High),
            Difference = Text(figure.Number.Value - sum.Value),
            Verdict = VerdictOf(figure.Number, sum, reasons.Count > 0),
        };
        response.Reasons.Add(Sentence(response, others.Count));
        response.Reasons.AddRange(reasons);
        return response;
    }

    /// <summary>What differs between two scopes, a sentence each.</summary>
    public static IEnumerable<string> Differences(FigureScope left, FigureScope right, bool arePart)
    {
        foreach (var field in FigureScope.Descriptor.Fields.InFieldNumberOrder())
        {
            var (one, other) = (Text(field, left), Text(field, right));
            if (one != other && !(arePart && PartFields.Contains(field.Name)))
            {
                yield return $"{field.Name} differs: {one} against {other}.";
            }
        }
    }

    private static ReconcileVerdict VerdictOf(PrintedNumber figure, PrintedNumber sum, bool scopesDiffer) =>
        figure.IsRate == sum.IsRate && figure.Value == sum.Value
            ? ReconcileVerdict.Ok
            : figure.IsRate == sum.IsRate && figure.Meets(sum)
                ? ReconcileVerdict.WithinRounding
                : scopesDiffer || figure.IsRate != sum.IsRate
                    ? ReconcileVerdict.ScopeDiffers
                    : ReconcileVerdict.Conflict;

    private static IEnumerable<string> Differences(NamedNumber figure, NamedNumber other, bool arePart)
    {
        if (figure.Number.IsRate != other.Number.IsRate)
        {
            yield return "One is a rate and the other a number.";
        }

        foreach (var (left, right, what) in new[]
        {
            (figure.Question?.Scope, other.Question?.Scope, ""), (figure.Base, other.Base, "base: "),
        })
        {
            foreach (var difference in left is null || right is null ? [] : Differences(left, right, arePart))
            {
                yield return what + difference;
            }
        }

        if (figure.Number.IsRate && other.Number.IsRate && (figure.Base is null) != (other.Base is null))
        {
            yield return "Only one of the rates says what it is held against.";
        }
    }

    private static string Sentence(ReconcileFiguresResponse found, int parts)
    {
        var what = parts == 1 ? "the other" : $"the sum of the {parts} parts";
        return found.Verdict switch
        {
            ReconcileVerdict.Ok => $"It is equal to {what}.",
            ReconcileVerdict.WithinRounding =>
                $"It differs from {what} by {found.Difference}, which is within what was rounded away.",
            ReconcileVerdict.ScopeDiffers =>
                $"It differs from {what} by {found.Difference}; they are of different things.",
            _ => $"It differs from {what} by {found.Difference}, more than what was rounded away.",
        };
    }

    private static string Text(decimal number) => number.ToString(Form, CultureInfo.InvariantCulture);

    private static string Text(FieldDescriptor field, FigureScope scope) => field.Accessor.GetValue(scope) switch
    {
        null => "any",
        Date date => DateRules.Day(date)?.ToString("O", CultureInfo.InvariantCulture) ?? "any",
        IList { Count: 0 } => "any",
        IList list => string.Join(' ', list.Cast<object>()),
        string { Length: 0 } => "any",
        Enum value when field.EnumType.FindValueByNumber(Convert.ToInt32(value, null)) is { Number: > 0 } known =>
            known.Name,
        Enum => "any",
        var other => other.ToString()!,
    };
}

/// <summary>A number with what it is of.</summary>
/// <param name="Number">The number.</param>
/// <param name="Question">What it is of, as far as that is known.</param>
/// <param name="Base">What a rate is held against, as far as that is known.</param>
internal sealed record NamedNumber(PrintedNumber Number, FigureQuestion? Question, FigureScope? Base);
