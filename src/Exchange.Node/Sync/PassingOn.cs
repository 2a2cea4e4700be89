using Exchange.Node.Agreements;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// Who passes whose records on to whom, from the agreements that are held. Passing on goes one step: what a node holds
/// from another than its home it passes on to nobody, so that nothing goes in circles.
/// </summary>
internal static class PassingOn
{
    /// <summary>
    /// The nodes whose records this node may pass on in flows of one direction on a day: a flow names them, and the
    /// agreement with each is in force and lets this node pass on to the receiver whatever it gives for.
    /// </summary>
    public static IReadOnlyList<string> Origins(SyncPeers peers, IEnumerable<AgreementFlow> flows, DateOnly day) =>
    [
        .. flows.SelectMany(flow => flow.PassesOnFrom.Where(home => peers.TryFind(home, out var origin)
            && MayPassOn(origin, flow, day))).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The partners to which this node passes on what a home gives, or did under an earlier version.</summary>
    public static IReadOnlyList<string> Receivers(SyncPeers peers, string node, string home) =>
    [
        .. peers.All.Where(peer => peer.Node != home && Flows(peer, node, peer.Node)
            .Any(flow => flow.PassesOnFrom.Contains(home))).Select(peer => peer.Node),
    ];

    /// <summary>The partners that pass a home's records on to this node, or did under an earlier version.</summary>
    public static IReadOnlyList<string> Hubs(SyncPeers peers, string node, string home) =>
    [
        .. peers.All.Where(peer => peer.Node != home && Flows(peer, peer.Node, node)
            .Any(flow => flow.PassesOnFrom.Contains(home))).Select(peer => peer.Node),
    ];

    /// <summary>The partners whose records are passed on to, or by, a partner under any version.</summary>
    public static IEnumerable<SyncPeer> Named(SyncPeers peers, SyncPeer peer)
    {
        foreach (var home in peer.Versions.SelectMany(terms => terms.Agreement.Flows)
            .SelectMany(flow => flow.PassesOnFrom).Distinct(StringComparer.Ordinal))
        {
            if (peers.TryFind(home, out var origin))
            {
                yield return origin;
            }
        }
    }

    private static bool MayPassOn(SyncPeer origin, AgreementFlow flow, DateOnly day)
    {
        // What came for several purposes came as one view, which shows what each of them allows.
        AgreementTerms terms = origin.TermsOn(day);
        var given = terms.Flows(origin.Node, flow.FromNode).ToList();
        return terms.IsInForce(day)
            && origin.WindsUpBy(day) is null
            && given.Count > 0
            && given.TrueForAll(part => part.MayPassOnTo.Contains(flow.ToNode));
    }

    private static IEnumerable<AgreementFlow> Flows(SyncPeer peer, string from, string to) =>
        peer.Versions.SelectMany(terms => terms.Flows(from, to));
}
