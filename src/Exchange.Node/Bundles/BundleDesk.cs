using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Bundles;

/// <summary>
/// What making and taking bundles have in common: who the partner is, by which terms, and that nobody else is at it.
/// </summary>
internal sealed class BundleDesk(
    IRecordStore store,
    PeerLoader loader,
    SyncPeers peers,
    SyncSessions sessions,
    SyncConductor conductor,
    NodeIdentity identity,
    NodeKeys keys,
    TimeProvider time)
{
    // What is carried by hand may lie about: after that it opens nothing any more.
    private static readonly TimeSpan Validity = TimeSpan.FromDays(90);

    /// <summary>The partner of that id.</summary>
    /// <exception cref="Errors.ExchangeException">No agreement with it is signed by both.</exception>
    public Task<SyncPeer> FindAsync(string peer, CancellationToken cancellationToken) =>
        loader.FindAsync(peer, cancellationToken);

    /// <summary>What this side says to a partner today.</summary>
    public Task<SyncSessionOptions> OptionsForAsync(
        SyncPeer peer, Guid bundle, CancellationToken cancellationToken) =>
        conductor.OptionsForAsync(peer, bundle, SyncMode.Nightly, isCaller: false, cancellationToken);

    /// <summary>Takes the place of a session with the partner.</summary>
    /// <exception cref="Errors.ExchangeException">It is taken, or the agreement changed meanwhile.</exception>
    public async Task<SyncTicket> EnterAsync(SyncPeer peer, Guid bundle, CancellationToken cancellationToken)
    {
        var ticket = await sessions.EnterWithBundleAsync(peer.Node, bundle, cancellationToken);
        if (peers.TryFind(peer.Node, out var present) && present == peer)
        {
            return ticket;
        }

        await ticket.DisposeAsync();
        throw SyncFailure.AgreementChanged(peer.Node).ToException();
    }

    /// <summary>Ends the work between two steps when it must leave its place.</summary>
    /// <exception cref="Errors.ExchangeException">The node is being stopped, or the agreement changed.</exception>
    public static async Task StayAsync(SyncTicket ticket)
    {
        if (ticket.Left.IsCompleted)
        {
            throw (await ticket.Left).ToException();
        }
    }

    /// <summary>
    /// After a restore a partner first gives back what it holds, which only a session can do: before that nothing that
    /// came back half may leave, nor can what the partner says of our feed be believed.
    /// </summary>
    /// <exception cref="Errors.ExchangeException">It hasn't.</exception>
    public async Task RefuseRestoredAsync(string peer, CancellationToken cancellationToken)
    {
        if (await IsOwedReturnsAsync(peer, cancellationToken))
        {
            throw BundleFailure.Restored(peer, store.Epoch.ToString());
        }
    }

    /// <summary>Whether this node was restored, and the partner hasn't given back what it holds.</summary>
    public async Task<bool> IsOwedReturnsAsync(string peer, CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(
            OutgoingState.Collection(peer), [OutgoingState.Key], cancellationToken);
        var (taking, _) = await ReturnState.FindAsync(store, peer, ReturnState.Taking, cancellationToken);
        var isOld = found[0] is { } bytes && OutgoingState.Read(bytes.Span).Epoch != store.Epoch;
        return isOld || (taking is { IsComplete: false } && taking.Epoch == store.Epoch.ToString());
    }

    /// <summary>Begins a bundle for a partner.</summary>
    /// <param name="header">What is particular to it.</param>
    /// <param name="peer">The partner.</param>
    /// <param name="terms">The terms that hold today.</param>
    /// <param name="write">Takes the next bytes.</param>
    public async Task<BundleWriter> BeginAsync(
        BundleHeader header, SyncPeer peer, SyncSessionOptions terms, Func<ReadOnlyMemory<byte>, Task> write)
    {
        header.Sender = identity.Id;
        header.Recipient = peer.Node;
        header.Protocol = terms.Protocol.Max;
        header.AgreementId = terms.Agreement.Agreement.Id;
        header.AgreementVersion = terms.Agreement.Agreement.Version;
        header.AgreementDigest = terms.Agreement.Digest;
        header.Epoch = store.Epoch.ToString();
        header.MadeTime = time.GetUtcNow().ToTimestamp();
        header.ExpireTime = (time.GetUtcNow() + Validity).ToTimestamp();
        header.Software = terms.Software;
        var key = terms.Agreement.Party(peer.Node)!.PublicKey.ToByteArray();
        var writer = new BundleWriter(header, key, BundleWriter.NewKey(), keys, write);
        await writer.BeginAsync();
        return writer;
    }

    /// <summary>Whether a bundle is of a partner, for this node, and just as the partner signed it.</summary>
    /// <returns>The partner, and what this side says to it today.</returns>
    /// <exception cref="Errors.ExchangeException">It isn't, or nothing can be taken from that partner now.</exception>
    public async Task<(SyncPeer Peer, SyncSessionOptions Terms)> CheckAsync(
        BundleOutline outline, CancellationToken cancellationToken)
    {
        var header = outline.Header;
        if (header.Recipient != identity.Id)
        {
            throw BundleFailure.NotForThisNode(header.Recipient, identity.Id, "");
        }

        var peer = await FindAsync(header.Sender, cancellationToken);
        var senderKeys = peer.Versions.Select(version => version.Party(header.Sender)!.PublicKey).Distinct();
        if (!senderKeys.Any(key => outline.IsSignedWith(key.ToByteArray())))
        {
            throw BundleFailure.Tampered(header.Sender, "the signature isn't its sender's");
        }

        if (!header.RecipientKeyDigest.Span.SequenceEqual(SHA256.HashData(keys.PublicKey)))
        {
            throw BundleFailure.NotForThisNode(header.Recipient, identity.Id, ", but for another key");
        }

        _ = Guid.TryParse(header.Id, out var bundle);
        var terms = await OptionsForAsync(peer, bundle, cancellationToken);
        if (HelloCheck.Check(ToHello(header), terms, header.Id, time.GetUtcNow()) is { } mismatch)
        {
            throw mismatch.ToException();
        }

        return (peer, terms);
    }

    /// <summary>
    /// Whoever made a bundle was there then; when it comes says nothing. Without this, a partner that never has a line
    /// would seem silent.
    /// </summary>
    public void NoteHeard(PeerStatus status, BundleHeader header)
    {
        var now = time.GetUtcNow().ToTimestamp();
        var made = header.MadeTime.CompareTo(now) < 0 ? header.MadeTime : now;
        if (status.LastHeardTime is null || status.LastHeardTime.CompareTo(made) <= 0)
        {
            // A bundle says the highest version that its sender speaks, and nothing else of the protocol.
            status.PeerProtocol ??= new PeerProtocol { MinProtocol = header.Protocol };
            status.PeerProtocol.MaxProtocol = header.Protocol;
            status.LastHeardTime = made;
        }
    }

    /// <summary>What a bundle says of its sender, as the sender would say it in a session.</summary>
    private static SyncHello ToHello(BundleHeader header) => new()
    {
        Node = header.Sender,
        MinProtocol = header.Protocol,
        MaxProtocol = header.Protocol,
        AgreementId = header.AgreementId,
        AgreementVersion = header.AgreementVersion,
        AgreementDigest = header.AgreementDigest,
        Epoch = header.Epoch,
        SessionId = header.Id,
    };
}
