using Exchange.V1;

namespace Exchange.Node.Figures;

/// <summary>Quotients of whole numbers, exact and then rounded half up, away from zero.</summary>
internal static class Rates
{
    /// <summary>Hundredths of a percent; null for a base of 0.</summary>
    public static long? Hundredths(long value, long of) => of == 0 ? null : HalfUp(value, 10_000, of);

    /// <summary>What each of a number has of an amount; null for none.</summary>
    public static long? PerHead(long amount, long heads) => heads == 0 ? null : HalfUp(amount, 1, heads);

    /// <summary>A percentage as reports print it, from the exact quotient: 22602 of 28758 to one place.</summary>
    public static string Percent(long value, long of, int places)
    {
        var scale = Enumerable.Repeat(10L, places).Aggregate(100L, (all, ten) => all * ten);
        var rounded = HalfUp(value, scale, of);
        var digits = Math.Abs(rounded).ToString(System.Globalization.CultureInfo.InvariantCulture)
            .PadLeft(places + 1, '0');
        return (rounded < 0 ? "-" : "")
            + (places == 0 ? digits : $"{digits[..^places]}.{digits[^places..]}");
    }

    /// <summary>Fills in what follows from a figure's number and its base.</summary>
    public static void Fill(Figure figure)
    {
        foreach (var part in figure.Parts)
        {
            SetShare(part, Hundredths(part.Value, figure.Value));
        }

        if (figure.Base is not { } against)
        {
            return;
        }

        if (figure.Scope?.Counting != Counting.Fen && Hundredths(figure.Value, against.Value) is { } rate)
        {
            against.RateHundredths = rate;
        }
        else if (figure.Scope?.Counting == Counting.Fen && against.Scope?.Counting != Counting.Fen
            && PerHead(figure.Value, against.Value) is { } each)
        {
            (against.PerHeadFen, against.PerHeadExact) = (each, figure.Value % against.Value == 0);
        }
    }

    private static void SetShare(FigurePart part, long? share)
    {
        if (share is { } known)
        {
            part.ShareHundredths = known;
        }
    }

    private static long HalfUp(long value, long times, long of)
    {
        if (value < 0)
        {
            return -HalfUp(-value, times, of);
        }

        // What doesn't fit any more is no figure of a ledger; it is the largest that there is.
        var rounded = (((Int128)value * times * 2) + of) / ((Int128)of * 2);
        return rounded > long.MaxValue ? long.MaxValue : (long)rounded;
    }
}
