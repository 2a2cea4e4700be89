using System.Diagnostics.CodeAnalysis;

namespace Exchange.Node.Sync;

/// <summary>
/// The partners with whom an agreement is held, by node id, as <see cref="PeerLoader"/> last read them.
/// </summary>
internal sealed class SyncPeers
{
    private volatile Snapshot _now;

    public SyncPeers(IEnumerable<SyncPeer> peers) => _now = new Snapshot(peers);

    /// <summary>All of them, by node id.</summary>
    public IReadOnlyList<SyncPeer> All => _now.All;

    public bool TryFind(string node, [NotNullWhen(true)] out SyncPeer? peer) => _now.ByNode.TryGetValue(node, out peer);

    /// <summary>The partner of that id, which the caller knows to be one.</summary>
    public SyncPeer this[string node] => _now.ByNode[node];

    /// <summary>
    /// Puts what was read anew in the place of what stood here; a partner of whom nothing changed stays the same
    /// object.
    /// Returns the ids of the partners of whom something did.
    /// </summary>
    public IReadOnlyList<string> Replace(IEnumerable<SyncPeer> peers)
    {
        var before = _now;
        var now = new Snapshot(peers.Select(
            peer => before.ByNode.TryGetValue(peer.Node, out var same) && same.IsLike(peer) ? same : peer));
        _now = now;
        return
        [
            .. before.All.Concat(now.All).Select(peer => peer.Node).Distinct(StringComparer.Ordinal)
                .Where(node => before.ByNode.GetValueOrDefault(node) != now.ByNode.GetValueOrDefault(node)),
        ];
    }

    private sealed class Snapshot
    {
        public Snapshot(IEnumerable<SyncPeer> peers)
        {
            ByNode = peers.ToDictionary(peer => peer.Node, StringComparer.Ordinal);
            All = [.. ByNode.Values.OrderBy(peer => peer.Node, StringComparer.Ordinal)];
        }

        public Dictionary<string, SyncPeer> ByNode { get; }

        public IReadOnlyList<SyncPeer> All { get; }
    }
}
