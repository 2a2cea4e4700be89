using Exchange.Node.Sync;
using Exchange.V1;

namespace Exchange.Testing.Simulation;

/// <summary>
/// A node made of dictionaries, with the promises that a real source and sink make. All fields are durable; what isn't
/// lives in operations under way. Tests derive from it to break one promise at a time.
/// </summary>
internal class ModelNode(string id, string peer, Random random) : ISimulatedNode
{
    private readonly HashSet<(Guid, ModelView)> _effects = [];

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

    public Dictionary<string, SyncReceipt> Receipts { get; } = [];

    public SyncReceipt? Pending { get; private set; }

    protected int PageSize { get; } = 1 + random.Next(6);

    public Task<FeedCursor> AppliedAsync() => Task.FromResult(Applied.Clone());

    public virtual SimulatedOperation Start(SyncAction action) => action switch
    {
        SyncAction.ReadPage read => Read(read),
        SyncAction.ApplyBatch apply => Apply(apply),
        SyncAction.ConfirmPage confirm => Confirm(confirm),
        SyncAction.ComputeDigest digest => Digest(digest),
        SyncAction.StoreReceipt store => SimulatedOperation.Of(
            store, () => Keep(store.Receipt), () => new SyncInput.ReceiptStored(store.Receipt)),
        SyncAction.FindReceipt find => SimulatedOperation.Of(
            find, () => { }, () => new SyncInput.ReceiptFound(Find(find.Offered))),
        _ => throw new NotSupportedException($"{action.GetType().Name} isn't for a node."),
    };

    public virtual Task<bool> HasMovedAsync(FeedCursor after) => Task.FromResult(
        Feed.Reprojections.Count > 0 || Feed.HasBehind(PositionIn(after)));

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
            Feed.BeginEpoch();
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

    protected virtual SimulatedOperation Apply(SyncAction.ApplyBatch apply)
    {
        SyncAck? ack = null;
        return SimulatedOperation.Of(
            apply,
            () =>
            {
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
            Confirmed = confirm.Page.To;
            foreach (var key in confirm.Page.Reprojections)
            {
                Feed.Reprojections.Remove(BitConverter.ToInt32(key.Span));
            }
        },
        () => new SyncInput.PageConfirmed());

    protected virtual SimulatedOperation Digest(SyncAction.ComputeDigest digest)
    {
        // Taken at the commit and not at the answer, so that a change in between would be seen as one.
        var taken = new SyncDigest();
        return SimulatedOperation.Of(
            digest,
            () => taken = ModelView.Digest(
                digest.Direction == SyncDirection.Outgoing ? Register : Held, digest.WithBuckets),
            () => new SyncInput.DigestReady(digest.Direction, taken));
    }

    /// <summary>Reads the next page; registers nothing.</summary>
    protected virtual OutgoingPage MakePage(FeedCursor after)
    {
        if (Feed.Reprojections.Count > 0)
        {
            var keys = Feed.Reprojections.Take(PageSize).ToList();
            var again = keys.Select(key => key.Value).Distinct().Select(Project).OfType<SyncChange>().ToList();
            var rest = Feed.Reprojections.Count > keys.Count || Feed.HasBehind(PositionIn(after));
            return new OutgoingPage(
                after,
                after,
                again,
                !rest,
                [.. keys.Select(key => new ReadOnlyMemory<byte>(BitConverter.GetBytes(key.Key)))]);
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
                ? g.IsRemoved ? new ModelView(g.Clock, g.Revision + 1, false) : g
                : new ModelView(record.Clock, 0, false);
        }
        else if (given is { } g)
        {
            view = g.IsRemoved ? g
                : record is { } r && r.Clock > g.Clock ? new ModelView(r.Clock, 0, true)
                : new ModelView(g.Clock, g.Revision + 1, true);
        }
        else
        {
            return null;
        }

        return view.ToChange(id, Id);
    }

    protected long PositionIn(FeedCursor cursor) => cursor.Epoch == Epoch ? (long)cursor.Position : 0;

    private SyncReceipt? Find(SyncReceipt offered) => Receipts.Values.FirstOrDefault(
        receipt => receipt.Statement.Equals(offered.Statement) && receipt.Signatures.Count == 2);

    private void Keep(SyncReceipt receipt)
    {
        var session = SyncReceiptStatement.Parser.ParseFrom(receipt.Statement).SessionId;
        Receipts[session] = receipt.Clone();
        if (receipt.Signatures.Count == 1)
        {
            Pending = receipt.Clone();
        }
        else if (Pending?.Statement.Equals(receipt.Statement) == true)
        {
            Pending = null;
        }
    }
}
