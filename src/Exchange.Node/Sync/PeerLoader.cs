using System.Collections.Concurrent;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>
/// Reads the partners from the store's agreements and the configuration's lines, at the start, before each session and
/// after each change, so that a new version takes effect without a restart. A session with a partner of whom something
/// changed leaves, and the next one begins under what holds then.
/// </summary>
#pragma warning disable CA1001 // The semaphore's wait handle is never asked for, so there is nothing to dispose.
internal sealed class PeerLoader(
    AgreementBook book,
    SyncPeers peers,
    SyncSessions sessions,
    NodeIdentity identity,
    NodeKeys keys,
    IOptions<SyncOptions> options) : IHostedService
{
    private readonly ConcurrentDictionary<string, PeerOptions> _unnamed = new(StringComparer.Ordinal);

    // Two readings at once must not replace the newer by the older.
    private readonly SemaphoreSlim _reading = new(1);

    public Task StartAsync(CancellationToken cancellationToken) => RefreshAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads everything anew.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            var agreed = (await book.ReadAsync(cancellationToken))
                .Where(held => held.IsComplete)
                .GroupBy(held => held.Terms.PartnerOf(identity.Id)!, StringComparer.Ordinal)
                .Select(versions => Peer(versions.Key, [.. versions.Select(held => held.Terms)]));
            foreach (var node in Touched(peers.Replace(agreed)))
            {
                sessions.Leave(node, SyncFailure.AgreementChanged(node));
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The partner of that id as it is now.</summary>
    /// <exception cref="Errors.ExchangeException">No agreement with it is signed by both.</exception>
    public async Task<SyncPeer> FindAsync(string node, CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        return peers.TryFind(node, out var peer) ? peer : throw SyncFailure.PeerUnknown(node).ToException();
    }

    /// <summary>
    /// What the configuration says of the line to a partner; a partner that it doesn't name calls us.
    /// </summary>
    public PeerOptions LineTo(string node) =>
        options.Value.Peers.FirstOrDefault(peer => peer.Node == node)
        ?? _unnamed.GetOrAdd(node, name => new PeerOptions { Node = name, Mode = PeerMode.Passive });

    // What is passed on to a partner follows the agreement with its home, too.
    private IEnumerable<string> Touched(IReadOnlyList<string> changed) => changed
        .Concat(peers.All
            .Where(peer => PassingOn.Named(peers, peer).Any(home => changed.Contains(home.Node)))
            .Select(peer => peer.Node))
        .Distinct(StringComparer.Ordinal);

    private SyncPeer Peer(string node, List<AgreementTerms> versions)
    {
        var newest = versions[^1];
        var key = newest.Party(node)!.PublicKey.ToByteArray();
        return new SyncPeer(
            LineTo(node), versions, keys.Share(key, "exchange digest key v1\n" + newest.Agreement.Id));
    }
}
