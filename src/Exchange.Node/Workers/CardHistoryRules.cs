using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Workers;

/// <summary>
/// What a history of registered-poor status must keep to: the last entry is taken as the present one.
/// </summary>
internal static class CardHistoryRules
{
    /// <summary>Checks a history.</summary>
    public static IEnumerable<FieldViolation> Check(IReadOnlyList<CardStatusEntry> history, DateOnly today)
    {
        for (var i = 0; i < history.Count; i++)
        {
            var path = $"card_status_history[{i}].from_date";
            foreach (var violation in DateRules.CheckPast(history[i].FromDate, today, path))
            {
                yield return violation;
            }

            if (i > 0 && history[i].FromDate is { } date && history[i - 1].FromDate is { } before
                && DateRules.IsSurelyBefore(date, before))
            {
                yield return new(path, "It is earlier than that of the entry before. List the entries oldest first.");
            }
        }
    }
}
