using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>Whether questions and answers about what is held are in order. Nothing that a peer sends throws.</summary>
internal static class InspectionCheck
{
    // More than are ever sent, so that a later version may send more.
    private const int MaxItems = 10_000;

    /// <summary>Returns what is wrong with a page that answers a question; null when nothing is.</summary>
    public static SyncFailure? Check(SyncInspect question, SyncInspection page)
    {
        var last = question.After.Span;
        if (page.Items.Count > MaxItems)
        {
            return SyncFailure.Protocol($"inspection {page.Number} has {page.Items.Count} items");
        }

        foreach (var item in page.Items)
        {
            if (KeyOf(item) is not { } key || !IsSound(item))
            {
                return SyncFailure.Protocol($"inspection {page.Number} has an item that can't be read");
            }

            if (last.SequenceCompareTo(key) >= 0)
            {
                return SyncFailure.Protocol($"inspection {page.Number} isn't in order");
            }

            last = key;
        }

        // Each page goes further than the one before, so that questions come to an end.
        var through = page.Through.Span;
        var goesOn = !through.IsEmpty && through.SequenceCompareTo(question.After.Span) > 0
            && through.SequenceCompareTo(last) >= 0;
        return page.Last || goesOn
            ? null
            : SyncFailure.Protocol($"inspection {page.Number} doesn't say how far it reaches");
    }

    /// <summary>Whether a question names buckets that there are, rising.</summary>
    public static bool IsQuestion(SyncInspect question)
    {
        var last = -1L;
        foreach (var bucket in question.Buckets)
        {
            if (bucket >= DigestItem.BucketCount || bucket <= last)
            {
                return false;
            }

            last = bucket;
        }

        return last >= 0;
    }

    /// <summary>The key of an item as bytes; null when it names no record.</summary>
    public static byte[]? KeyOf(HeldItem item) =>
        ChangeReader.IsKind(item.Kind) && Guid.TryParseExact(item.Id, "D", out var id)
            ? RecordKeyBytes.Of(new RecordKey(item.Kind, id))
            : null;

    private static bool IsSound(HeldItem item) =>
        item.Place != HeldPlace.Unspecified
        && item.Item.Length is 0 or DigestItem.Length
        && item.Version is { } version
        && NodeIds.IsValid(version.Node);
}
