using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Trust;
using Exchange.Store;
using Microsoft.Extensions.Logging;

namespace Exchange.Node.Sync;

/// <summary>The ports over this node's store, under the agreement that is in force today.</summary>
internal sealed class SyncFlows(
    IRecordStore store,
    SyncPeers peers,
    NodeIdentity node,
    DataKeys keys,
    KeyRetirements retirements,
    RecordCodec codec,
    RecordKinds kinds,
    IPersonTokens tokens,
    TimeProvider time,
    ILogger<SyncSource> log) : ISyncFlows
{
    ISyncSource ISyncFlows.Source(string peer) => Source(peer);

    /// <summary>What this node gives to a peer, by a session or in a bundle.</summary>
    public SyncSource Source(string peer)
    {
        var terms = Terms(peer, node.Id, peer, peers[peer].WindsUpBy(NodeIdentity.Today(time)));
        return new SyncSource(store, codec, terms, new ReturnSweep(store, codec, keys, peer), time, log);
    }

    public ISyncSink Sink(string peer)
    {
        // On the last day the partner's clock may still show the day before; after it nothing more is taken.
        var windsUpBy = peers[peer].WindsUpBy(NodeIdentity.Today(time));
        var terms = Terms(peer, peer, node.Id, windsUpBy <= time.GetUtcNow() ? windsUpBy : null);
        var reader = new ChangeReader(terms, codec, kinds, tokens);
        var successions = new Successions(peers, node, time);
        var returns = new ReturnTaker(
            store, Terms(peer, node.Id, peer, null), codec, kinds, tokens, successions, time);
        var scan = new HeldScan(store, codec, reader, keys, terms, time);
        var ways = new OtherWays(store, terms, PassingOn.Hubs(peers, node.Id, peer), successions, time);
        var causes = new RetractionCauses(store, peers, kinds, time);
        var onward = new OnwardRetractions(
            store,
            causes,
            new PassedOnReports(store, node.Id, peer, time),
            PassingOn.Receivers(peers, node.Id, peer));
        return new SyncSink(store, terms, reader, returns, scan, ways, onward, keys, retirements, successions, time);
    }

    public async Task<FlowStatus> StatusAsync(string peer, CancellationToken cancellationToken)
    {
        var outgoing = await store.GetEntriesAsync(
            OutgoingState.Collection(peer), [OutgoingState.Key], cancellationToken);
        var incoming = await store.GetEntriesAsync(
            IncomingState.Collection(peer), [IncomingState.Key], cancellationToken);
        var given = outgoing[0] is { } sent ? OutgoingState.Read(sent.Span) : new OutgoingState();
        var held = incoming[0] is { } received ? IncomingState.Read(received.Span) : new IncomingState();
        var (taking, _) = await ReturnState.FindAsync(store, peer, ReturnState.Taking, cancellationToken);
        var (giving, _) = await ReturnState.FindAsync(store, peer, ReturnState.Giving, cancellationToken);
        var digest = await DigestSums.LoadAsync(store, OutgoingState.DigestCollection(peer), cancellationToken);
        var taken = await DigestSums.LoadAsync(store, IncomingState.DigestCollection(peer), cancellationToken);
        var putAside = await store.ReadEntriesAsync(
            PeerPutAside.Collection(peer), default, default, 10_000, cancellationToken);
        return new FlowStatus
        {
            Disclosed = digest.Count,
            Held = taken.Count,
            Swept = given.Sweep is { } swept ? (ulong)Math.Min(swept.Value, given.SweepTarget.Value) : 0,
            SweepTarget = given.Sweep is null ? 0 : (ulong)given.SweepTarget.Value,
            Retractions = await OpenRetractions.CountAsync(store, peer, time.GetUtcNow(), cancellationToken),
            Withheld = given.Withheld,
            WithheldForBasis = given.WithheldForBasis,
            Sent = given.Sent,
            Acknowledged = given.Epoch == store.Epoch ? given.Acknowledged.Value : 0,
            Applied = held.Applied,
            Quarantined = held.Quarantined,
            Restored = taking?.ToReport(),
            PeerRestored = giving?.ToReport(),
            Waiting = held.Waiting,
            PutAside = (ulong)putAside.Count,
            Discarded = await Discards.CountAsync(store, peer, cancellationToken),
        };
    }

    private FlowTerms Terms(string peer, string from, string to, DateTimeOffset? windsUpBy)
    {
        var day = NodeIdentity.Today(time);
        var partner = peers[peer];
        var terms = partner.TermsOn(day);
        var flows = terms.Flows(from, to).ToList();

        // What a partner may pass on to this node is its own business with the homes; the agreement only names them.
        IReadOnlyList<string> origins = from != node.Id
            ? [.. flows.SelectMany(flow => flow.PassesOnFrom).Distinct(StringComparer.Ordinal)]
            : windsUpBy is null ? PassingOn.Origins(peers, flows, day)
            : [];
        return new FlowTerms(terms, from, to, partner.DigestKey.ToArray(), kinds, day, windsUpBy, origins)
        {
            MaxChanges = partner.Options.BatchChanges,

            // Until this node itself has taken over what it was given of the one before, that is still the other's.
            Heirs = [.. new Successions(peers, node, time).HeirsOf(from).Where(heir => heir != node.Id)],
        };
    }
}
