using Exchange.V1;

namespace Exchange.Node.Matching;

/// <summary>An amount of pay that others can be held against; only those of one currency and unit.</summary>
/// <param name="Currency">Empty when no amount is known.</param>
/// <param name="Unit">A year is told as months.</param>
/// <param name="Minor">The amount in minor units.</param>
internal readonly record struct ComparedPay(string Currency, PayUnit Unit, long Minor)
{
    private const int MonthsOfYear = 12;

    /// <summary>No amount is known.</summary>
    public static ComparedPay None { get; } = new("", default, 0);

    /// <summary>The least that somebody expects.</summary>
    public static ComparedPay Least(PayRange? pay) =>
        Of(pay, pay is { MinMinor: > 0 } ? pay.MinMinor : pay?.MaxMinor ?? 0);

    /// <summary>The most that a post pays.</summary>
    public static ComparedPay Most(PayRange? pay) =>
        Of(pay, pay is { MaxMinor: > 0 } ? pay.MaxMinor : pay?.MinMinor ?? 0);

    /// <summary>Whether two amounts can be held against each other.</summary>
    public bool IsLike(ComparedPay other) =>
        Minor > 0 && other.Minor > 0 && (Currency, Unit) == (other.Currency, other.Unit);

    private static ComparedPay Of(PayRange? pay, long minor) => pay is null || minor == 0
        ? None
        : pay.Unit == PayUnit.Year
            ? new ComparedPay(pay.Currency, PayUnit.Month, minor / MonthsOfYear)
            : new ComparedPay(pay.Currency, pay.Unit, minor);
}
