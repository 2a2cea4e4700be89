using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Sync;

/// <summary>
/// What operators are told of the agreement with each partner, and of partners with whom there is none yet.
/// </summary>
internal sealed class PeerAgreements(
    AgreementBook book, SyncPeers peers, NodeIdentity identity, IOptions<SyncOptions> options, TimeProvider time)
{
    /// <summary>Completes what is known of partners with an agreement, and adds those without; by node id.</summary>
    public async Task<IReadOnlyList<PeerStatus>> CompleteAsync(
        IReadOnlyList<PeerStatus> known, CancellationToken cancellationToken)
    {
        var all = known.ToDictionary(status => status.Node, StringComparer.Ordinal);
        foreach (var line in options.Value.Peers.Where(line => !all.ContainsKey(line.Node)))
        {
            all[line.Node] = new PeerStatus { Node = line.Node };
        }

        foreach (var open in (await book.ReadAsync(cancellationToken)).Where(held => !held.IsComplete))
        {
            var node = open.Terms.PartnerOf(identity.Id)!;
            all.TryAdd(node, new PeerStatus { Node = node });
            all[node].OpenAgreementVersion = open.Version;
        }

        var today = NodeIdentity.Today(time);
        foreach (var peer in peers.All.Where(peer => all.ContainsKey(peer.Node)))
        {
            var status = all[peer.Node];
            status.NextAgreementVersion = peer.SuccessorOn(today)?.Agreement.Version ?? 0;
            status.Heir = peer.Versions[^1].Agreement.Heir;
            status.Successions.Clear();
            if (peer.TermsOn(today) is var terms && terms.HasBegun(today))
            {
                status.Successions.AddRange(terms.Agreement.Successions);
            }

            status.AgreementValidToDate = peer.TermsOn(today).Agreement.ValidToDate;
        }

        return [.. all.Values.OrderBy(status => status.Node, StringComparer.Ordinal)];
    }
}
