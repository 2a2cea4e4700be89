using System.Globalization;

namespace Exchange.Node.Figures;

/// <summary>A number as reports print it, with what may have been rounded away: 9.48万 is at least 94,750.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Low">The least that it can mean.</param>
/// <param name="High">What it can't reach; equal to <see cref="Low"/> for an exact number.</param>
/// <param name="IsRate">It is a percentage.</param>
internal readonly record struct PrintedNumber(decimal Value, decimal Low, decimal High, bool IsRate)
{
    private const int MostDigits = 15;

    /// <summary>A number that isn't rounded.</summary>
    public static PrintedNumber Exact(decimal value, bool isRate) => new(value, value, value, isRate);

    /// <summary>Reads a printed number; null for what is none.</summary>
    public static PrintedNumber? Read(string text)
    {
        var plain = string.Concat(text.Select(Narrow).Where(one => one != ','));
        var start = plain.AsSpan().IndexOfAnyInRange('0', '9');
        if (start < 0)
        {
            return null;
        }

        var digits = string.Concat(plain.Skip(start).TakeWhile(one => one == '.' || char.IsAsciiDigit(one)));
        if (digits.Length > MostDigits
            || !decimal.TryParse(
                digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var (before, after) = (plain[..start], plain[(start + digits.Length)..]);
        var unit = UnitOf(after);
        var places = digits.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? digits.Length - dot - 1 : 0;
        var step = unit * Step(places);
        var isRate = after.StartsWith('%');
        return Widen(number * unit, before, after, unit == 1 && places == 0 && !isRate ? 0 : step, digits, unit) with
        {
            IsRate = isRate,
        };
    }

    /// <summary>Adds what parts can mean.</summary>
    public static PrintedNumber operator +(PrintedNumber left, PrintedNumber right) =>
        new(left.Value + right.Value, left.Low + right.Low, left.High + right.High, left.IsRate);

    /// <summary>Whether both can mean the same number.</summary>
    public bool Meets(PrintedNumber other)
    {
        var (low, high) = (Math.Max(Low, other.Low), Math.Min(High, other.High));
        return low < high || (low == high && (High != high || Low == High) && (other.High != high
            || other.Low == other.High));
    }

    private static PrintedNumber Widen(
        decimal value, string before, string after, decimal step, string digits, decimal unit)
    {
        if (after.Contains('多') || after.Contains('余') || after.Contains('+'))
        {
            return new PrintedNumber(value, value, value + Coarse(digits, unit), false);
        }

        if (before.Contains('近'))
        {
            return new PrintedNumber(value, value - Coarse(digits, unit), value, false);
        }

        var isAbout = before.Contains('约') || before.Contains('約')
            || after.Contains("左右", StringComparison.Ordinal);
        var half = (isAbout ? Coarse(digits, unit) : step) / 2;
        return new PrintedNumber(value, value - half, value + half, false);
    }

    // The place of the last digit that isn't zero: 70 is to tens.
    private static decimal Coarse(string digits, decimal unit)
    {
        if (digits.Contains('.', StringComparison.Ordinal))
        {
            return unit * Step(digits.Length - digits.IndexOf('.', StringComparison.Ordinal) - 1);
        }

        var zeros = digits.Length - digits.TrimEnd('0').Length;
        return zeros == digits.Length ? unit : unit / Step(zeros);
    }

    // Full-width forms lie at one distance from the narrow ones.
    private static char Narrow(char one) => one is >= '\uff01' and <= '\uff5e' ? (char)(one - 0xfee0) : one;

    private static decimal Step(int places) =>
        Enumerable.Repeat(10m, places).Aggregate(1m, (step, ten) => step / ten);

    private static decimal UnitOf(string after) => after.TrimStart() switch
    {
        ['万', ..] or ['萬', ..] => 10_000,
        ['亿', ..] or ['億', ..] => 100_000_000,
        ['千', ..] => 1_000,
        _ => 1,
    };
}
