using Exchange.Node.Sync;

namespace Exchange.Testing.Simulation;

/// <summary>The promises that hold at every moment, whatever is lost, cut or crashed.</summary>
internal static class ModelCheck
{
    /// <summary>Returns the first broken promise of one direction; null when all are kept.</summary>
    public static string? Broken(ModelNode giver, ModelNode receiver) =>
        Acknowledged(giver, receiver)
        ?? CursorAhead(giver, receiver)
        ?? Doubled(receiver)
        ?? Undisclosed(giver, receiver);

    /// <summary>Returns what differs once all is quiet; null when both hold the same.</summary>
    public static string? Different(ModelNode giver, ModelNode receiver)
    {
        foreach (var record in giver.Feed.Records.Values)
        {
            if (IsForgottenByBoth(giver, receiver, record.Id))
            {
                continue;
            }

            var held = receiver.Held.TryGetValue(record.Id, out var view) && !view.IsRemoved;
            if (held != (record.IsVisible && !record.IsDeleted)
                || (held && (view.Clock != record.Clock || view.Flaw != 0)))
            {
                return $"'{receiver.Id}' holds {(held ? $"version {view.Clock}" : "nothing")} of {record}.";
            }
        }

        var stray = receiver.Held.FirstOrDefault(
            held => !held.Value.IsRemoved && !giver.Feed.Records.ContainsKey(held.Key));
        return stray.Key == default ? null : $"'{receiver.Id}' holds {stray.Key}, which '{giver.Id}' no longer has.";
    }

    /// <summary>Notes what a peer knows when a node was put back to a backup.</summary>
    public static void Restored(ModelNode home, ModelNode peer)
    {
        home.Gone.Clear();
        home.Gone.UnionWith(peer.Held.Where(held => held.Value.IsGone).Select(held => held.Key));
        home.Kept.Clear();
        home.Kept.UnionWith(peer.Held.Where(held => !held.Value.IsRemoved).Select(held => held.Key));

        // What both of them forgot nobody can know.
        peer.Gone.RemoveWhere(id => !(home.Held.TryGetValue(id, out var view) && view.IsGone));
        peer.Kept.RemoveWhere(id => !home.Held.ContainsKey(id));
    }

    /// <summary>What came back although it was gone, or went although the peer held it; null when nothing did.</summary>
    public static string? Lost(ModelNode home)
    {
        foreach (var id in home.Gone)
        {
            if (home.Feed.Records.TryGetValue(id, out var record) && !record.IsDeleted)
            {
                return $"'{home.Id}' was put back, and {record}, which its peer knew to be gone, came back.";
            }
        }

        var lost = home.Kept.FirstOrDefault(id => !home.Feed.Records.ContainsKey(id)
            && !(home.Register.TryGetValue(id, out var view) && view.IsRemoved));
        return lost == default ? null : $"'{home.Id}' was put back, and {lost}, which its peer held, is lost.";
    }

    /// <summary>
    /// Once all is quiet both sides end with the same receipt, hold the same bytes wherever both hold one, and each names
    /// the one before. What a restored backup lost may leave a gap.
    /// </summary>
    public static string? Receipts(ModelNode left, ModelNode right)
    {
        if (left.Newest is null || !left.Newest.Equals(right.Newest))
        {
            return "The newest receipts differ.";
        }

        var shared = left.Receipts.Keys.Where(right.Receipts.ContainsKey).ToList();
        return shared.Find(number => !left.Receipts[number].Equals(right.Receipts[number])) is var other and > 0
            ? $"Receipt {other} isn't the same on both sides."
            : Unchained(left) ?? Unchained(right);
    }

    private static string? Unchained(ModelNode node)
    {
        foreach (var (number, receipt) in node.Receipts)
        {
            if (node.Receipts.TryGetValue(number - 1, out var before)
                && !ReceiptLink.Read(receipt)!.PreviousDigest.Equals(ReceiptLink.DigestOf(before)))
            {
                return $"Receipt {number} of '{node.Id}' doesn't name the one before.";
            }
        }

        return null;
    }

    /// <summary>Whether something of a record was changed behind the nodes' backs; only a repair helps it.</summary>
    public static bool IsTouched(ModelNode giver, ModelNode receiver, Guid id) =>
        giver.Touched.Contains(id) || receiver.Touched.Contains(id);

    // What the register no longer knows and the receiver no longer holds is in neither digest; no comparison of the two
    // can find it.
    private static bool IsForgottenByBoth(ModelNode giver, ModelNode receiver, Guid id) =>
        giver.Touched.Contains(id) && receiver.Touched.Contains(id)
        && !giver.Register.ContainsKey(id) && !receiver.Held.ContainsKey(id);

    // What was confirmed as held may be dropped by the giver: its tombstones are purged.
    private static string? Acknowledged(ModelNode giver, ModelNode receiver)
    {
        if (IsUnheardOf(giver, receiver))
        {
            return null;
        }

        var durable = receiver.Applied.Epoch == giver.Epoch ? receiver.Applied.Position : 0;
        return giver.Confirmed.Epoch == giver.Epoch && giver.Confirmed.Position > durable
            ? $"'{giver.Id}' was told {giver.Confirmed.Position}, but only {durable} is durable: "
                + "acknowledged records are lost."
            : null;
    }

    private static string? CursorAhead(ModelNode giver, ModelNode receiver)
    {
        if (receiver.Applied.Epoch != giver.Epoch || IsUnheardOf(giver, receiver))
        {
            return null;
        }

        foreach (var record in giver.Feed.Records.Values)
        {
            if ((ulong)giver.Feed.PositionOf(record.Id) > receiver.Applied.Position
                || IsTouched(giver, receiver, record.Id)
                || giver.Feed.Reprojections.ContainsValue(record.Id))
            {
                continue;
            }

            var held = receiver.Held.TryGetValue(record.Id, out var view) && !view.IsRemoved;
            if (held != (record.IsVisible && !record.IsDeleted) || (held && view.Clock < record.Clock))
            {
                return $"The cursor of '{receiver.Id}' is ahead of its data: it passed {record} without it.";
            }
        }

        return null;
    }

    // The receiver was put back, and the giver hasn't heard of it.
    private static bool IsUnheardOf(ModelNode giver, ModelNode receiver) =>
        receiver.Restores > 0 && giver.SeenEpoch != receiver.Epoch;

    private static string? Doubled(ModelNode receiver) =>
        receiver.Doubled is { } twice ? $"{twice.Id} {twice.View} took effect twice at '{receiver.Id}'." : null;

    private static string? Undisclosed(ModelNode giver, ModelNode receiver)
    {
        foreach (var (id, view) in receiver.Held)
        {
            if (!IsTouched(giver, receiver, id) && !giver.Disclosed.Contains((id, view)))
            {
                return $"'{receiver.Id}' holds {id} {view}, which the register of '{giver.Id}' doesn't know.";
            }
        }

        return null;
    }
}
