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

    // By round: each finds again what the one before couldn't mend.
    private readonly List<List<SyncRepairs>> _rounds = [[]];
    private readonly List<SyncRepairs> _refused = [];
    private SyncRepairs _settled = new();
    private SyncRepairs _lasting = new();

    /// <summary>Whether nothing was found.</summary>
    public bool IsEmpty => _settled.Count == 0 && _rounds.TrueForAll(round => round.Count == 0)
        && _refused.Count == 0 && _lasting.Count == 0;

    /// <summary>Takes in what a count of everything found.</summary>
    /// <param name="recount">The count.</param>
    /// <param name="areSent">What it queued is sent before the next comparison.</param>
    public void Counted(Recount recount, bool areSent)
    {
        Add(areSent || !recount.IsQueued ? _rounds[^1] : _refused, recount.Mended);

        // Each count finds all of these again.
        _lasting = recount.Lasting;
    }

    /// <summary>Takes in what a page of a comparison found.</summary>
    public void Compared(Comparison comparison)
    {
        Add(_rounds[^1], comparison.Mended);
        Add(_refused, comparison.Refused);
    }

    /// <summary>Another round begins, which finds again what the last one couldn't mend.</summary>
    public void BeginRound()
    {
        _refused.Clear();
        _rounds.Add([]);
    }

    /// <summary>The digests agree: what was mended is right, and what is found from now on is something else.</summary>
    public void Settle()
    {
        _settled = Merge([_settled, Mark(Mended(), isProven: true)]);
        _rounds.Clear();
        _rounds.Add([]);
    }

    /// <summary>Everything found.</summary>
    /// <param name="isProven">The digests agree, so that what was mended is right.</param>
    public SyncRepairs ToMessage(bool isProven) =>
        Merge(
        [
            Mark(Mended(), isProven),
            .. _refused.Select(found => Mark(found, isProven: false)),
            Mark(_lasting, isProven: false),
            _settled,
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
        return NodeIds.IsValid(item.Node)
            && (IsSum(item) || (ChangeReader.IsKind(item.Kind) && Guid.TryParseExact(item.Id, "D", out _)));
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

    // Beyond the names nobody can tell whether two rounds found the same: then the one that found most counts.
    private SyncRepairs Mended()
    {
        var rounds = _rounds.ConvertAll(round => Merge(round.Select(found => Mark(found, isProven: false))));
        var all = Merge(rounds);
        var named = rounds.SelectMany(round => round.Items).ToHashSet();
        var sums = (ulong)named.Count(IsSum);
        var records = (ulong)named.Count - sums;
        all.Count = sums + rounds.Aggregate(
            records, (most, round) => Math.Max(most, round.Count - (ulong)round.Items.Count(IsSum)));
        return all;
    }

    private static bool IsSum(SyncRepair item) => item.Kind.Length == 0 && item.Id.Length == 0;

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
