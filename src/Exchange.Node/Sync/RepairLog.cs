using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The differences that one side found in one direction of a session: what it has mended, which the next comparison is
/// to prove, and what only a person can mend.
/// </summary>
internal sealed class RepairLog
{
    // More than any store holds.
    private const ulong MaxCount = 1UL << 40;

    private readonly List<SyncRepairs> _mended = [];
    private readonly List<SyncRepairs> _refused = [];
    private SyncRepairs _lasting = new();

    /// <summary>Whether nothing was found.</summary>
    public bool IsEmpty => _mended.Count == 0 && _refused.Count == 0 && _lasting.Count == 0;

    /// <summary>Takes in what a count of everything found.</summary>
    /// <param name="recount">The count.</param>
    /// <param name="areSent">What it queued is sent before the next comparison.</param>
    public void Counted(Recount recount, bool areSent)
    {
        Add(areSent || !recount.IsQueued ? _mended : _refused, recount.Mended);

        // Each count finds all of these again.
        _lasting = recount.Lasting;
    }

    /// <summary>Takes in what a page of a comparison found.</summary>
    public void Compared(Comparison comparison)
    {
        Add(_mended, comparison.Mended);
        Add(_refused, comparison.Refused);
    }

    /// <summary>Another round begins, which finds again what the last one couldn't mend.</summary>
    public void BeginRound() => _refused.Clear();

    /// <summary>Everything found.</summary>
    /// <param name="isProven">The digests agree, so that what was mended is right.</param>
    public SyncRepairs ToMessage(bool isProven) =>
        Merge(
        [
            .. _mended.Select(found => Mark(found, isProven)),
            .. _refused.Select(found => Mark(found, isProven: false)),
            Mark(_lasting, isProven: false),
        ]);

    /// <summary>What the other side says, in the light of whether the digests agree.</summary>
    public static SyncRepairs Judge(SyncRepairs? theirs, bool isProven)
    {
        var all = theirs is null ? new SyncRepairs() : Sane(theirs);
        return isProven ? all : Mark(all, isProven: false);
    }

    // It ends up in logs and counts; what can't be true, or isn't a name, must not get there.
    private static SyncRepairs Sane(SyncRepairs theirs)
    {
        var sane = new SyncRepairs();
        sane.Items.AddRange(theirs.Items.Where(IsSane).Take(RepairList.MaxListed));
        var (items, unrepaired) = ((ulong)sane.Items.Count, (ulong)sane.Items.Count(item => !item.Repaired));
        sane.Count = Math.Clamp(theirs.Count, items, MaxCount);
        sane.UnrepairedCount = Math.Clamp(theirs.UnrepairedCount, unrepaired, sane.Count);
        return sane;
    }

    private static bool IsSane(SyncRepair item)
    {
        var isSum = item.Kind.Length == 0 && item.Id.Length == 0;
        return NodeIds.IsValid(item.Node)
            && (isSum || (ChangeReader.IsKind(item.Kind) && Guid.TryParseExact(item.Id, "D", out _)));
    }

    /// <summary>Adds up what several found; a record that was found twice is named once.</summary>
    public static SyncRepairs Merge(IEnumerable<SyncRepairs> parts)
    {
        var merged = new SyncRepairs();
        var named = new HashSet<(string, string, RepairCause, string)>();
        foreach (var part in parts)
        {
            merged.Count += part.Count;
            merged.UnrepairedCount += part.UnrepairedCount;
            foreach (var item in part.Items)
            {
                if (!named.Add((item.Kind, item.Id, item.Cause, item.Node)))
                {
                    merged.Count--;
                    merged.UnrepairedCount -= item.Repaired ? 0u : 1u;
                }
                else if (merged.Items.Count < RepairList.MaxListed)
                {
                    merged.Items.Add(item);
                }
            }
        }

        return merged;
    }

    private static void Add(List<SyncRepairs> list, SyncRepairs found)
    {
        if (found.Count > 0)
        {
            list.Add(found);
        }
    }

    private static SyncRepairs Mark(SyncRepairs found, bool isProven)
    {
        var marked = found.Clone();
        marked.UnrepairedCount = isProven ? 0 : marked.Count;
        foreach (var item in marked.Items)
        {
            item.Repaired = isProven;
        }

        return marked;
    }
}
