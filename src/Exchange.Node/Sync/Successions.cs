using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Who has taken whose place by today, in Asia/Shanghai, as the agreements of this node say. Each counts from its first
/// day on.
/// </summary>
internal sealed class Successions(SyncPeers peers, NodeIdentity node, TimeProvider time)
{
    /// <summary>This node's id.</summary>
    public string Node => node.Id;

    /// <summary>The partners of this node.</summary>
    public IEnumerable<string> Partners => peers.All.Select(peer => peer.Node);

    /// <summary>The nodes whose place this node has taken toward any partner.</summary>
    public IReadOnlyList<string> Predecessors =>
    [
        .. Begun().Where(one => one.ByNode == node.Id).Select(one => one.Node).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The nodes that have taken the place of a node; this one may be among them.</summary>
    public IReadOnlyList<string> HeirsOf(string predecessor) =>
    [
        .. Begun().Where(one => one.Node == predecessor).Select(one => one.ByNode).Distinct(StringComparer.Ordinal),
    ];

    private IEnumerable<AgreementSuccession> Begun()
    {
        var today = NodeIdentity.Today(time);
        return peers.All.Select(peer => peer.TermsOn(today))
            .Where(terms => terms.HasBegun(today))
            .SelectMany(terms => terms.Agreement.Successions);
    }
}
