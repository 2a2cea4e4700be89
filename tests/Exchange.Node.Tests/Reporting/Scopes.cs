using Exchange.Node.Tests.Records;
using Exchange.V1;

namespace Exchange.Node.Tests.Reporting;

/// <summary>Scopes, shortly.</summary>
internal static class Scopes
{
    /// <summary>A measure in a division, in some whole years; the last is the first where it isn't stated.</summary>
    public static FigureScope Of(Measure measure, Counting counting, string division = "", int year = 0, int last = 0)
    {
        var scope = new FigureScope { Measure = measure, Counting = counting, DivisionCode = division };
        if (year > 0)
        {
            scope.FromDate = Samples.Date(year, 1, 1);
            scope.ToDate = Samples.Date(last > 0 ? last : year, 12, 31);
        }

        return scope;
    }

    /// <summary>The same of registered-poor persons alone.</summary>
    public static FigureScope OfCard(this FigureScope scope)
    {
        scope.Card = CardScope.Card;
        return scope;
    }
}
