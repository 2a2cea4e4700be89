using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Testing.Simulation;

// Counting anew, comparing, sending again; and what may happen to stored bytes behind a node's back.
internal partial class ModelNode
{
    private const string Kind = "model";
    private const int Flaws = 1_000_000;

    /// <summary>The running sum of what was given.</summary>
    public DigestSums GivenSums { get; private set; } = new();

    /// <summary>The running sum of what is held.</summary>
    public DigestSums HeldSums { get; private set; } = new();

    /// <summary>Records to send again, with what the peer holds of them.</summary>
    public Dictionary<Guid, ModelView> Repairs { get; } = [];

    /// <summary>Records of which something was changed behind the back of this node.</summary>
    public HashSet<Guid> Touched { get; } = [];

    /// <summary>What the sums should be, and what is wrong with them; null when nothing is.</summary>
    public string? WrongSums() =>
        !Sum(Register.Select(row => (row.Key, row.Value))).IsSameAs(GivenSums)
            ? $"The running sum of what '{Id}' gave isn't that of its register."
            : !Sum(Held.Select(held => (held.Key, held.Value.AsNoted()))).IsSameAs(HeldSums)
                ? $"The running sum of what '{Id}' holds isn't that of its records."
                : null;

    public Task CorruptAsync(Random chance)
    {
        switch (chance.Next(7))
        {
            case 0:
                GivenSums.Add(chance.Next(DigestItem.BucketCount), (UInt128)chance.NextInt64());
                break;
            case 1:
                HeldSums.Add(chance.Next(DigestItem.BucketCount), (UInt128)chance.NextInt64());
                break;
            case 2:
                Touch(Held, chance, id => Held.Remove(id));
                break;
            case 3:
                Touch(Held, chance, id => Held[id] = Held[id] with { Flaw = 1 + chance.Next(Flaws) });
                break;
            case 4:
                Touch(Register, chance, id => Register.Remove(id));
                break;
            case 5:
                Touch(Register, chance, id => Register[id] = Register[id] with { Flaw = 1 + chance.Next(Flaws) });
                break;
            default:
                var stray = new byte[16];
                chance.NextBytes(stray);
                Held[new Guid(stray)] = new ModelView(1 + (ulong)chance.Next(50), 0, IsRemoved: false);
                Touched.Add(new Guid(stray));
                break;
        }

        return Task.CompletedTask;
    }

    protected virtual SimulatedOperation Recount(SyncAction.ComputeDigest digest)
    {
        Recount? recount = null;
        return SimulatedOperation.Of(
            digest,
            () => recount = digest.Direction == SyncDirection.Outgoing ? RecountGiven() : RecountHeld(),
            () => new SyncInput.DigestReady(digest.Direction, recount!.Digest, recount));
    }

    protected virtual SimulatedOperation Inspect(SyncAction.Inspect inspect)
    {
        SyncInspection? answer = null;
        return SimulatedOperation.Of(
            inspect, () => answer = Answer(inspect.Question), () => new SyncInput.Inspected(answer!));
    }

    protected virtual SimulatedOperation Compare(SyncAction.CompareInspection compare)
    {
        var mended = new RepairList();
        return SimulatedOperation.Of(
            compare,
            () =>
            {
                foreach (var (record, held, cause) in Differing(compare))
                {
                    Repairs[record] = held;
                    mended.Add(Kind, record.ToString(), cause, Peer);
                }
            },
            () => new SyncInput.InspectionCompared(new Comparison(mended.ToMessage(), new SyncRepairs(), Next: null)));
    }

    protected virtual OutgoingPage MakeRepairs(FeedCursor after)
    {
        var some = Repairs.Take(PageSize).ToList();
        return new OutgoingPage(
            after,
            after,
            [.. some.Select(repair => Project(repair.Key, repair.Value).ToChange(repair.Key, Id))],
            Repairs.Count == some.Count && !Feed.HasBehind(PositionIn(after)),
            [.. some.Select(repair => new ReadOnlyMemory<byte>(repair.Key.ToByteArray()))]);
    }

    private void Answered(ReadOnlyMemory<byte> key)
    {
        if (key.Length == sizeof(int))
        {
            Feed.Reprojections.Remove(BitConverter.ToInt32(key.Span));
        }
        else
        {
            Repairs.Remove(new Guid(key.Span));
        }
    }

    // A view that the peer takes for new, whatever it holds.
    private ModelView Project(Guid id, ModelView held)
    {
        var record = Feed.Records.GetValueOrDefault(id);
        var flows = record is { IsVisible: true, IsDeleted: false };
        var given = Register.GetValueOrDefault(id);
        var clock = flows ? record!.Clock : Math.Max(held.Clock, Math.Max(given.Clock, record?.Clock ?? 0));
        var revision = Math.Max(
            given.Clock == clock ? given.Revision : 0, held.Clock == clock ? held.Revision : 0);
        return new ModelView(clock, revision + 1, IsRemoved: !flows);
    }

    private Recount RecountGiven()
    {
        var mended = new RepairList();
        foreach (var (record, row) in Register.Where(row => row.Value is { Flaw: not 0, IsRemoved: false }))
        {
            Repairs[record] = row;
            mended.Add(Kind, record.ToString(), RepairCause.ViewDiffersAtGiver, Id);
        }

        var isQueued = mended.Count > 0;
        var sums = Sum(Register.Select(row => (row.Key, row.Value)));
        if (!sums.IsSameAs(GivenSums))
        {
            mended.AddSum(RepairCause.SumWrongAtGiver, Id);
            GivenSums = sums;
        }

        return new Recount(GivenSums.ToDigest(withBuckets: true), mended.ToMessage(), new SyncRepairs(), isQueued);
    }

    private Recount RecountHeld()
    {
        var mended = new RepairList();
        var noted = Sum(Held.Select(held => (held.Key, held.Value.AsNoted())));
        if (!noted.IsSameAs(HeldSums))
        {
            mended.AddSum(RepairCause.SumWrongAtReceiver, Id);
            HeldSums = noted;
        }

        var sums = Sum(Held.Where(held => held.Value.Flaw == 0).Select(held => (held.Key, held.Value)));
        foreach (var damaged in Held.Where(held => held.Value is { Flaw: not 0, IsRemoved: false }))
        {
            sums.Add(ModelView.BucketOf(damaged.Key), 0);
        }

        return new Recount(
            sums.ToDigest(withBuckets: true), mended.ToMessage(), new SyncRepairs(), IsQueued: false);
    }

    private SyncInspection Answer(SyncInspect question)
    {
        var held = Held
            .Where(held => !held.Value.IsRemoved && question.Buckets.Contains((uint)ModelView.BucketOf(held.Key)))
            .Select(held => (Key: KeyOf(held.Key), Id: held.Key, View: held.Value))
            .Where(held => held.Key.AsSpan().SequenceCompareTo(question.After.Span) > 0)
            .OrderBy(held => Convert.ToHexString(held.Key), StringComparer.Ordinal)
            .ToList();
        var answer = new SyncInspection
        {
            Number = question.Number,
            Cursor = Applied.Clone(),
            Last = held.Count <= PageSize,
            Through = held.Count == 0
                ? ByteString.Empty
                : ByteString.CopyFrom(held[Math.Min(held.Count, PageSize) - 1].Key),
        };
        answer.Items.AddRange(held.Take(PageSize).Select(item => ToItem(item.Id, item.View)));
        return answer;
    }

    private HeldItem ToItem(Guid id, ModelView view)
    {
        var item = new byte[DigestItem.Length];
        DigestItem.Write(view.Item(id), item);
        return new HeldItem
        {
            Kind = Kind,
            Id = id.ToString(),
            Version = new V1.RecordVersion { Clock = view.Clock, Node = Peer },
            Revision = view.Revision,
            Item = ByteString.CopyFrom(item),
            Place = view.Flaw == 0 ? HeldPlace.Stored : HeldPlace.Damaged,
        };
    }

    private IEnumerable<(Guid Record, ModelView Held, RepairCause Cause)> Differing(
        SyncAction.CompareInspection compare)
    {
        var items = compare.Page.Items.ToDictionary(item => Guid.Parse(item.Id));
        foreach (var record in Register.Keys.Concat(items.Keys).Distinct().Where(id => IsAsked(compare, id)).ToList())
        {
            var row = Register.TryGetValue(record, out var given) && !given.IsRemoved ? given : (ModelView?)null;
            var item = items.GetValueOrDefault(record);
            var held = item is null
                ? default
                : new ModelView(item.Version.Clock, item.Revision, IsRemoved: false);
            var isSound = item is { Place: HeldPlace.Stored };
            if (row is null ? item is not null : !isSound || held.Item(record) != row.Value.Item(record))
            {
                var cause = row is null ? RepairCause.UnknownToGiver
                    : item is null ? RepairCause.MissingAtReceiver
                    : RepairCause.ContentDiffersAtReceiver;
                yield return (record, held, cause);
            }
        }
    }

    private static bool IsAsked(SyncAction.CompareInspection compare, Guid id)
    {
        var key = KeyOf(id).AsSpan();
        return compare.Question.Buckets.Contains((uint)ModelView.BucketOf(id))
            && key.SequenceCompareTo(compare.After.Span) > 0
            && (compare.Page.Last || key.SequenceCompareTo(compare.Page.Through.Span) <= 0);
    }

    private void Touch(Dictionary<Guid, ModelView> views, Random chance, Action<Guid> change)
    {
        if (views.Count > 0)
        {
            var id = views.Keys.ElementAt(chance.Next(views.Count));
            _effects.RemoveWhere(effect => effect.Item1 == id);
            Touched.Add(id);
            change(id);
        }
    }

    private static DigestSums Sum(IEnumerable<(Guid Id, ModelView View)> views)
    {
        var sums = new DigestSums();
        foreach (var (id, view) in views)
        {
            view.AddTo(sums, id);
        }

        return sums;
    }

    private static byte[] KeyOf(Guid id) => RecordKeyBytes.Of(new RecordKey(Kind, id));
}
