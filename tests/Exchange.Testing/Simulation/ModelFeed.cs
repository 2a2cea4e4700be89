using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>One record of a model node.</summary>
/// <param name="Id">The id.</param>
/// <param name="Clock">The version.</param>
/// <param name="IsDeleted">A tombstone.</param>
/// <param name="IsVisible">The agreement lets the peer see it.</param>
internal sealed record ModelRecord(Guid Id, ulong Clock, bool IsDeleted, bool IsVisible);

/// <summary>
/// A model node's own records and their feed: each stands once, at its newest position. All of it is durable.
/// </summary>
internal sealed class ModelFeed(Random random)
{
    private readonly SortedList<long, Guid> _feed = [];
    private readonly Dictionary<Guid, long> _positions = [];
    private long _head;
    private ulong _clock;
    private (ulong Clock, ulong Began)? _restored;

    public string Epoch { get; private set; } = NewId(random).ToString();

    public Dictionary<Guid, ModelRecord> Records { get; } = [];

    /// <summary>Records to look at again although they didn't move, by cause.</summary>
    public SortedList<int, Guid> Reprojections { get; } = [];

    public long PositionOf(Guid id) => _positions[id];

    public bool HasBehind(long position) => _head > position && _feed.Count > 0 && _feed.Keys[^1] > position;

    /// <summary>Reads up to <paramref name="limit"/> records behind a position.</summary>
    public (IReadOnlyList<ModelRecord> Records, long Next, bool AtHead) Read(long after, int limit)
    {
        var found = _feed.Where(entry => entry.Key > after).Take(limit).ToList();
        var next = found.Count == 0 ? after : found[^1].Key;
        return ([.. found.Select(entry => Records[entry.Value])], next, !HasBehind(next));
    }

    /// <summary>Creates, changes, deletes, hides or shows a record.</summary>
    public void Write()
    {
        var existing = Records.Values.Where(record => !record.IsDeleted).ToList();
        if (existing.Count == 0 || random.Next(3) == 0)
        {
            Put(new ModelRecord(NewId(random), 0, IsDeleted: false, IsVisible: random.Next(4) > 0));
            return;
        }

        var record = existing[random.Next(existing.Count)];
        switch (random.Next(5))
        {
            case 0:
                Put(record with { IsDeleted = true });
                break;
            case 1:
                Put(record with { IsVisible = !record.IsVisible });
                break;
            case 2:
                // Seen or unseen through another record's change: the record itself doesn't move in the feed.
                Records[record.Id] = record with { IsVisible = !record.IsVisible };
                Reproject([record.Id]);
                break;
            default:
                Put(record);
                break;
        }
    }

    /// <summary>
    /// Drops tombstones that the peer is known to hold: reading from before them no longer tells of them.
    /// </summary>
    public void Purge(FeedCursor confirmed)
    {
        if (confirmed.Epoch != Epoch)
        {
            return;
        }

        foreach (var (id, position) in _positions.ToList())
        {
            if (position <= (long)confirmed.Position && Records[id].IsDeleted)
            {
                Records.Remove(id);
                _positions.Remove(id);
                _feed.Remove(position);
            }
        }
    }

    /// <summary>As after a restore of what is there: cursors into the history so far mean nothing.</summary>
    public void BeginEpoch()
    {
        Epoch = NewId(random).ToString();
        _restored ??= (_clock, _clock);
    }

    /// <summary>Takes a backup; the answer restores it. Positions repeat then; the clock, as clocks do, goes on.</summary>
    public Action BackUp()
    {
        var records = Records.Values.Select(record => (record, _positions[record.Id])).ToList();
        var reprojections = Reprojections.ToList();
        var (head, clock, restored) = (_head, _clock, _restored);
        return () =>
        {
            _feed.Clear();
            _positions.Clear();
            Records.Clear();
            Reprojections.Clear();
            foreach (var (record, position) in records)
            {
                _feed.Add(position, record.Id);
                _positions[record.Id] = position;
                Records[record.Id] = record;
            }

            reprojections.ForEach(entry => Reprojections.Add(entry.Key, entry.Value));
            (_head, _restored) = (head, restored ?? (clock, _clock));
            BeginEpoch();
        };
    }

    /// <summary>What a home does with what its partner held, as <see cref="Node.Sync.ReturnRules"/> has it.</summary>
    public void TakeBack(Guid id, ModelView view)
    {
        var record = Records.GetValueOrDefault(id);
        if (_restored is not { } restored || view.Clock <= restored.Clock)
        {
            return;
        }

        if (view.IsGone)
        {
            if (record is null || record.Clock <= view.Clock || (record.Clock > restored.Began && !record.IsDeleted))
            {
                var clock = Math.Max(view.Clock, record is null ? 0 : record.Clock + 1);
                PutAs(new ModelRecord(id, clock, IsDeleted: true, IsVisible: true));
            }
        }
        else if (!view.IsRemoved && (record is null || (record.IsDeleted && record.Clock < view.Clock)))
        {
            PutAs(new ModelRecord(id, view.Clock, IsDeleted: false, IsVisible: true));
        }
        else if (record is { IsDeleted: false } && record.Clock < view.Clock)
        {
            PutAs(record with { Clock = view.Clock + 1 });
        }
    }

    /// <summary>Queues records to be looked at again, whatever the reason.</summary>
    public void Reproject(IEnumerable<Guid> ids)
    {
        foreach (var id in ids)
        {
            Reprojections.Add(Reprojections.Count == 0 ? 1 : Reprojections.Keys[^1] + 1, id);
        }
    }

    private void Put(ModelRecord record) => PutAs(record with { Clock = ++_clock });

    private void PutAs(ModelRecord record)
    {
        _clock = Math.Max(_clock, record.Clock);
        if (_positions.TryGetValue(record.Id, out var old))
        {
            _feed.Remove(old);
        }

        // Positions are opaque to the peer, so they needn't be without gaps.
        _head += 1 + random.Next(3);
        _feed.Add(_head, record.Id);
        _positions[record.Id] = _head;
        Records[record.Id] = record;
    }

    private static Guid NewId(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
