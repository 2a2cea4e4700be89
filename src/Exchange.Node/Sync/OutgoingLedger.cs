using Exchange.Store;

namespace Exchange.Node.Sync;

/// <summary>
/// State and digest of giving to one peer, in memory as last committed. A commit whose outcome isn't known makes it
/// read them again.
/// </summary>
internal sealed class OutgoingLedger(IRecordStore store, FlowTerms terms)
{
    private readonly string _collection = OutgoingState.Collection(terms.To);
    private readonly string _digestCollection = OutgoingState.DigestCollection(terms.To);

    private ReadOnlyMemory<byte>? _stored;
    private bool _isLoaded;

    /// <summary>The state as last committed, or as the next commit will write it.</summary>
    public OutgoingState State { get; private set; } = new();

    /// <summary>The digest as last committed. Not to be changed.</summary>
    public DigestSums Digest { get; private set; } = new();

    /// <summary>The session's first cursor was taken in.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The state is ahead of what was committed.</summary>
    public bool IsDeferred { get; private set; }

    /// <summary>Reads what is stored, unless it is in memory.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (_isLoaded)
        {
            return;
        }

        // The state first: whoever commits in between changes it, and our next commit is refused.
        var found = await store.GetEntriesAsync(_collection, [OutgoingState.Key], cancellationToken);
        _stored = found[0];
        State = _stored is { } bytes ? OutgoingState.Read(bytes.Span) : new OutgoingState { Epoch = store.Epoch };
        Digest = await DigestSums.LoadAsync(store, _digestCollection, cancellationToken);
        (_isLoaded, IsDeferred) = (true, false);
    }

    /// <summary>
    /// Leaves a new state to the next commit: nothing is lost that the peer's next Hello doesn't tell.
    /// </summary>
    public void Defer(OutgoingState state) => (State, IsDeferred) = (state, true);

    /// <summary>Takes in where the peer stands at the start of a session, and what follows from it.</summary>
    /// <param name="after">Where the peer stands.</param>
    /// <param name="isPeerRestored">The peer lost what it got since then other than from the feed.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public async Task BeginAsync(FeedPosition after, bool isPeerRestored, CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        var next = Resume(State, after, isPeerRestored);
        if (!next.Terms.Span.SequenceEqual(terms.Digest))
        {
            // What was held against other terms is held against these, unless the feed is read from its start anyway.
            next = next with { Terms = terms.Digest, Sweep = FeedPosition.Start };
        }

        // What lies behind the cursor comes through the feed; so a sweep that begins now ends there.
        next = after == FeedPosition.Start
            ? next with { Sweep = null }
            : next.Sweep == FeedPosition.Start ? next with { SweepTarget = after } : next;

        var isUrgent = _stored is not null && next != State with { Acknowledged = next.Acknowledged };
        IsDeferred |= _stored is not null && next != State;
        State = next;
        if (isUrgent)
        {
            await CommitAsync(next, Digest, [], cancellationToken);
        }

        HasBegun = true;
    }

    /// <summary>Writes a new state and digest together with other entries.</summary>
    /// <exception cref="EntryConflictException">Another session with the peer goes on; this one can't.</exception>
    public async Task CommitAsync(
        OutgoingState state, DigestSums digest, List<EntryWrite> entries, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> bytes = state.ToBytes();
        entries.Add(new EntryWrite(_collection, OutgoingState.Key, bytes, new EntryExpectation(_stored)));
        digest.WriteChanges(_digestCollection, entries);

        _isLoaded = false;
        await store.CommitAsync(new Commit { Entries = entries }, cancellationToken);
        Digest = ReferenceEquals(digest, Digest) ? digest : digest.Copy();
        (_stored, State, _isLoaded, IsDeferred) = (bytes, state, true, false);
    }

    /// <summary>Puts sums that were counted anew in the place of the running ones.</summary>
    /// <exception cref="EntryConflictException">Another session with the peer goes on; this one can't.</exception>
    public Task RebuildAsync(DigestSums sums, CancellationToken cancellationToken)
    {
        var entries = new List<EntryWrite>();
        sums.WriteAll(_digestCollection, entries);
        return CommitAsync(State, sums.Copy(), entries, cancellationToken);
    }

    private OutgoingState Resume(OutgoingState state, FeedPosition after, bool isPeerRestored)
    {
        if (state.Epoch != store.Epoch)
        {
            return state with
            {
                Epoch = store.Epoch,
                Acknowledged = after,
                Era = state.Era + 1,
                EpochEra = state.Era + 1,
                Sweep = FeedPosition.Start,
            };
        }

        // A peer that was restored stands further back than it did: what it got since, other than from the feed, is
        // gone.
        return after < state.Acknowledged || isPeerRestored
            ? state with { Acknowledged = after, Era = state.Era + 1, Sweep = FeedPosition.Start }
            : state with { Acknowledged = after };
    }
}
