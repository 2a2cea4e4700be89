using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>
/// A node made of dictionaries, with the promises that a real source and sink make. All fields are durable; what isn't
/// lives in operations under way. Tests derive from it to break one promise at a time.
/// </summary>
internal partial class ModelNode(string id, string peer, Random random) : ISimulatedNode
{
    private readonly HashSet<(Guid, ModelView)> _effects = [];
    private readonly HashSet<Guid> _given = [];
    private string _givenTo = "";
    private string _takenIn = "";
    private Action? _restore;

    public string Id { get; } = id;

    public string Peer { get; } = peer;

    public string Epoch => Feed.Epoch;

    /// <summary>What this node owns.</summary>
    public ModelFeed Feed { get; } = new(random);

    /// <summary>What it gave: registered before it is sent.</summary>
    public Dictionary<Guid, ModelView> Register { get; } = [];

    /// <summary>Everything that was ever registered.</summary>
    public HashSet<(Guid, ModelView)> Disclosed { get; } = [];

    /// <summary>How far the peer has acknowledged.</summary>
    public FeedCursor Confirmed { get; protected set; } = new();

    /// <summary>What it holds from the peer.</summary>
    public Dictionary<Guid, ModelView> Held { get; } = [];

    /// <summary>How far it has applied the peer's feed.</summary>
    public FeedCursor Applied { get; protected set; } = new();

    /// <summary>A view that took effect here twice; null as long as none did.</summary>
    public (Guid Id, ModelView View)? Doubled { get; private set; }

    /// <summary>The epoch of the peer in which this node last learned what that lost; empty if it never did.</summary>
    public string SeenEpoch { get; private set; } = "";

    /// <summary>Records that the peer knew to be gone when this node was put back, and that must not live again.</summary>
    public HashSet<Guid> Gone { get; } = [];

    /// <summary>Records that the peer held when this node was put back, and that must not be lost.</summary>
    public HashSet<Guid> Kept { get; } = [];

    /// <summary>Called when the node was put back to a backup; null where that never happens.</summary>
    public Action? Restored { get; set; }

    /// <summary>How often this node was put back to a backup.</summary>
    public int Restores { get; private set; }

    /// <summary>Its receipts, by number.</summary>
    public SortedDictionary<ulong, SyncReceipt> Receipts { get; } = [];

    public SyncReceipt? Newest => Receipts.Count == 0 ? null : Receipts.Values.Last();

    protected int PageSize { get; } = 1 + random.Next(6);

    public Task<FeedCursor> AppliedAsync() => Task.FromResult(Applied.Clone());

    public virtual SimulatedOperation Start(SyncAction action) => action switch
    {
        SyncAction.ReadPage read => Read(read),
        SyncAction.ReadReturns read => ReadReturns(read),
        SyncAction.ApplyBatch apply => Apply(apply),
        SyncAction.ConfirmPage confirm => Confirm(confirm),
        SyncAction.ComputeDigest { Anew: true } digest => Recount(digest),
        SyncAction.ComputeDigest digest => Digest(digest),
        SyncAction.Inspect inspect => Inspect(inspect),
        SyncAction.CompareInspection compare => Compare(compare),
        SyncAction.StoreReceipt store => SimulatedOperation.Of(
            store, () => Keep(store.Receipt), () => new SyncInput.ReceiptStored(store.Receipt)),
        _ => throw new NotSupportedException($"{action.GetType().Name} isn't for a node."),
    };

    public virtual Task<bool> HasMovedAsync(FeedCursor after) => Task.FromResult(
        Feed.Reprojections.Count + Repairs.Count > 0 || Feed.HasBehind(PositionIn(after)));

    public Task WriteAsync(Random chance)
    {
        if (chance.Next(10) == 0)
        {
            Feed.Purge(Confirmed);
        }
        else
        {
            Feed.Write();
        }

        return Task.CompletedTask;
    }

    public virtual Task CrashAsync(Random chance)
    {
        if (chance.Next(10) == 0)
        {
            // The store was put back, and the newest receipts are gone with the epoch.
            Feed.BeginEpoch();
            foreach (var number in Receipts.Keys.Reverse().Take(chance.Next(3)).ToList())
            {
                Receipts.Remove(number);
            }
        }

        if (Restored is not null)
        {
            RestoreOrBackUp(chance);
        }

        return Task.CompletedTask;
    }

    public virtual void Started()
    {
    }

    protected virtual SimulatedOperation Read(SyncAction.ReadPage read)
    {
        OutgoingPage? page = null;
        return SimulatedOperation.Of(
            read,
            () =>
            {
                page = MakePage(read.After);
                Disclose(page);
            },
            () => new SyncInput.PageRead(page!));
    }

    protected virtual SimulatedOperation ReadReturns(SyncAction.ReadReturns read)
    {
        OutgoingPage? page = null;
        return SimulatedOperation.Of(
            read,
            () =>
            {
                LearnOfRestore(read.Epoch, read.After);
                var left = Held.Keys.Where(id => !_given.Contains(id)).Order().Take(PageSize).ToList();
                var changes = left.ConvertAll(id => Held[id].ToReturned(id, Peer));
                if (left.Count == 0)
                {
                    changes.Add(new SyncChange { Returned = new ReturnedRecord { Last = true } });
                }

                page = new OutgoingPage(read.After, read.After, changes, AtHead: false, []);
            },
            () => new SyncInput.PageRead(page!));
    }

    /// <summary>What a restored peer got other than from the feed is gone: all is looked at again.</summary>
    protected virtual void LearnOfRestore(string epoch, FeedCursor after)
    {
        if (_givenTo == epoch)
        {
            return;
        }

        _givenTo = SeenEpoch = epoch;
        Confirmed = after.Clone();
        _given.Clear();
        Feed.Reproject(Register.Keys);
    }

    protected virtual void TakeBack(SyncBatch batch)
    {
        if (_takenIn == Epoch)
        {
            return;
        }

        foreach (var change in batch.Changes)
        {
            if (ModelView.Of(change.Returned) is not { } held)
            {
                _takenIn = Epoch;
                return;
            }

            TakeIntoRegister(held.Id, held.View);
            Feed.TakeBack(held.Id, held.View);
        }
    }

    // What counts as given goes on counting. What doesn't is noted as taken back, so that the next view is newer than
    // what the peer holds.
    private void TakeIntoRegister(Guid id, ModelView held)
    {
        var isKnown = Register.TryGetValue(id, out var known);
        if (isKnown && !held.IsNewerThan(known))
        {
            return;
        }

        if (isKnown && !known.IsRemoved)
        {
            known.SubtractFrom(GivenSums, id);
            held.AddTo(GivenSums, id);
            Register[id] = held;
        }
        else
        {
            Register[id] = held.IsRemoved ? held : new ModelView(held.Clock, held.Revision + 1, IsRemoved: true);
        }
    }

    protected virtual SimulatedOperation Apply(SyncAction.ApplyBatch apply)
    {
        SyncAck? ack = null;
        return SimulatedOperation.Of(
            apply,
            () =>
            {
                if (SyncChanges.AreReturns(apply.Batch.Changes))
                {
                    TakeBack(apply.Batch);
                    ack = new SyncAck { Applied = apply.Batch.To.Clone() };
                    return;
                }

                ApplyChanges(apply.Batch);
                Applied = apply.Batch.To;
                ack = new SyncAck { Applied = Applied.Clone() };
            },
            () => new SyncInput.BatchApplied(ack!));
    }

    protected virtual SimulatedOperation Confirm(SyncAction.ConfirmPage confirm) => SimulatedOperation.Of(
        confirm,
        () =>
        {
            if (SyncChanges.AreReturns(confirm.Page.Changes))
            {
                Given(confirm.Page);
                return;
            }

            Confirmed = confirm.Page.To;
            foreach (var key in confirm.Page.Reprojections)
            {
                Answered(key);
            }
        },
        () => new SyncInput.PageConfirmed());

    protected virtual SimulatedOperation Digest(SyncAction.ComputeDigest digest)
    {
        // Taken at the commit and not at the answer, so that a change in between would be seen as one.
        var taken = new SyncDigest();
        return SimulatedOperation.Of(
            digest,
            () => taken = (digest.Direction == SyncDirection.Outgoing ? GivenSums : HeldSums)
                .ToDigest(digest.WithBuckets),
            () => new SyncInput.DigestReady(digest.Direction, taken));
    }

    /// <summary>Reads the next page; registers nothing.</summary>
    protected virtual OutgoingPage MakePage(FeedCursor after)
    {
        if (Feed.Reprojections.Count > 0)
        {
            var keys = Feed.Reprojections.Take(PageSize).ToList();
            var again = keys.Select(key => key.Value).Distinct().Select(Project).OfType<SyncChange>().ToList();
            var rest = Feed.Reprojections.Count > keys.Count || Repairs.Count > 0
                || Feed.HasBehind(PositionIn(after));
            return new OutgoingPage(
                after,
                after,
                again,
                !rest,
                [.. keys.Select(key => new ReadOnlyMemory<byte>(BitConverter.GetBytes(key.Key)))]);
        }

        if (Repairs.Count > 0)
        {
            return MakeRepairs(after);
        }

        var (records, next, atHead) = Feed.Read(PositionIn(after), PageSize);
        var changes = records.Select(record => Project(record.Id)).OfType<SyncChange>().ToList();
        return new OutgoingPage(after, new FeedCursor { Epoch = Epoch, Position = (ulong)next }, changes, atHead, []);
    }

    /// <summary>Registers a page as disclosed.</summary>
    protected void Disclose(OutgoingPage page)
    {
        foreach (var change in page.Changes)
        {
            var (record, view) = ModelView.Of(change);
            if (Register.TryGetValue(record, out var before))
            {
                before.SubtractFrom(GivenSums, record);
            }

            view.AddTo(GivenSums, record);
            Register[record] = view;
            Disclosed.Add((record, view));
        }
    }

    /// <summary>Keeps what is newer; anything else is a repeat.</summary>
    protected virtual void ApplyChanges(SyncBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            var (record, view) = ModelView.Of(change);
            if (!Held.TryGetValue(record, out var held) || view.IsNewerThan(held))
            {
                Keep(record, view);
            }
        }
    }

    protected void Keep(Guid record, ModelView view)
    {
        if (Held.TryGetValue(record, out var before))
        {
            before.AsNoted().SubtractFrom(HeldSums, record);
        }

        view.AddTo(HeldSums, record);
        Held[record] = view;
        if (!_effects.Add((record, view)))
        {
            Doubled = (record, view);
        }
    }

    /// <summary>
    /// What the peer should have of a record now; null when it never had anything and is to get nothing.
    /// </summary>
    private SyncChange? Project(Guid id)
    {
        var record = Feed.Records.GetValueOrDefault(id);
        var given = Register.TryGetValue(id, out var last) ? last : (ModelView?)null;
        ModelView view;
        if (record is { IsVisible: true, IsDeleted: false })
        {
            view = given is { } g && g.Clock == record.Clock
                ? g.IsRemoved || g.Flaw != 0 ? new ModelView(g.Clock, g.Revision + 1, false) : g
                : new ModelView(record.Clock, 0, false);
        }
        else if (given is { } g)
        {
            var isGone = record is null or { IsDeleted: true };
            view = g.IsRemoved ? g
                : record is { } r && r.Clock > g.Clock ? new ModelView(r.Clock, 0, true, isGone)
                : new ModelView(g.Clock, g.Revision + 1, true, isGone);
        }
        else
        {
            return null;
        }

        return view.ToChange(id, Id);
    }

    protected long PositionIn(FeedCursor cursor) => cursor.Epoch == Epoch ? (long)cursor.Position : 0;

    private void Keep(SyncReceipt receipt) =>
        Receipts[SyncReceiptStatement.Parser.ParseFrom(receipt.Statement).Number] = receipt.Clone();
}
