using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>What a session does with cursors: compare, name, and begin again after a change of epoch.</summary>
internal static class FeedCursors
{
    /// <summary>The place before the first record of a feed.</summary>
    public static FeedCursor Start(string epoch) => new() { Epoch = epoch };

    /// <summary>
    /// The cursor within a feed's present epoch. One of another epoch, or of none, is no place in this history: it
    /// stands for the start.
    /// </summary>
    public static FeedCursor Within(string epoch, FeedCursor? cursor) =>
        cursor is not null && cursor.Epoch == epoch ? cursor : Start(epoch);

    /// <summary>
    /// Whether a cursor is into another history of the feed than the present one: the feed's node was restored since.
    /// </summary>
    public static bool IsForeign(FeedCursor? cursor, string epoch) =>
        cursor is { Epoch.Length: > 0 } && cursor.Epoch != epoch;

    /// <summary>The cursor as text, for failures and logs.</summary>
    public static string Text(FeedCursor? cursor) =>
        cursor is null ? "none" : $"{(cursor.Epoch.Length == 0 ? "none" : cursor.Epoch)}:{cursor.Position}";
}
