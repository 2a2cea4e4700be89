using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What every pay must keep to: an amount means nothing without its currency and its unit of time.</summary>
internal static class PayRules
{
    /// <summary>Checks one pay.</summary>
    /// <param name="pay">The pay.</param>
    /// <param name="prefix">What its fields' paths begin with.</param>
    public static IEnumerable<FieldViolation> Check(PayRange pay, string prefix)
    {
        var hasAmount = pay.MinMinor != 0 || pay.MaxMinor != 0;
        if (pay.Currency.Length > 0 || hasAmount)
        {
            foreach (var violation in CheckCurrency(pay.Currency, prefix + "currency"))
            {
                yield return violation;
            }
        }

        if (hasAmount && pay.Unit == PayUnit.Unspecified)
        {
            yield return new(
                prefix + "unit", "An amount needs its unit. Say whether it is for an hour, a day, a month.");
        }

        if (pay.MaxMinor > 0 && pay.MaxMinor < pay.MinMinor)
        {
            yield return new(prefix + "max_minor", "It is less than min_minor. Exchange the two or correct one.");
        }
    }

    private static IEnumerable<FieldViolation> CheckCurrency(string currency, string path)
    {
        if (currency.Length == 0)
        {
            yield return new(path, "An amount needs its currency. Send its ISO 4217 code, such as CNY.");
        }
        else if (currency is "RMB" or "NTD")
        {
            // The two that are written most and stand in no ISO list.
            yield return new(path, "It is no ISO 4217 code. Send CNY for renminbi, TWD for new Taiwan dollars.");
        }
        else if (currency.Length != 3 || currency.AsSpan().ContainsAnyExceptInRange('A', 'Z'))
        {
            yield return new(path, "It must be an ISO 4217 code of three capital letters, such as CNY.");
        }
    }
}
