using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Demo;

/// <summary>
/// The agreement of the demo's two nodes, made as two offices make theirs: each pins the other's certificate, then it
/// is
/// proposed by one, accepted by the other, taken back by the first. Both nodes stand on this machine, so that the
/// fingerprints need no telephone.
/// </summary>
internal static class DemoAgreement
{
    /// <summary>Makes it; the two can sync afterwards.</summary>
    public static async Task SignAsync(
        NodeConnection sending, NodeConnection receiving, TimeProvider time, CancellationToken cancellationToken)
    {
        var home = await SelfAsync(sending, cancellationToken);
        var city = await SelfAsync(receiving, cancellationToken);
        await PinAsync(sending, receiving, cancellationToken);
        await PinAsync(receiving, sending, cancellationToken);
        var terms = AgreementDraft.Make(home.Id, city.Id, AgreementProfiles.City, AgreementDraft.Sending);
        terms.ValidFromDate = DateRules.ToDate(NodeIdentity.Today(time));
        var proposal = new ProposeAgreementRequest
        {
            Agreement = terms,
            PartnerCard = new AgreementParty { Node = city.Id, Name = city.Name, PublicKey = city.PublicKey },
            PartnerFingerprint = KeyFingerprint.Of(city.PublicKey.Span),
        };
        var proposed = await sending.Agreements.ProposeAgreementAsync(proposal, cancellationToken: cancellationToken);
        var acceptance = new AcceptAgreementRequest
        {
            Signed = proposed.Entry.Signed,
            PartnerFingerprint = KeyFingerprint.Of(home.PublicKey.Span),
        };
        var accepted = await receiving.Agreements.AcceptAgreementAsync(
            acceptance, cancellationToken: cancellationToken);
        await sending.Agreements.AcceptAgreementAsync(
            new AcceptAgreementRequest { Signed = accepted.Entry.Signed }, cancellationToken: cancellationToken);
    }

    private static async Task PinAsync(NodeConnection at, NodeConnection partner, CancellationToken cancellationToken)
    {
        var theirs = await partner.Peers.GetPeerCardAsync(
            new GetPeerCardRequest(), cancellationToken: cancellationToken);
        await at.Peers.AddPeerAsync(
            new AddPeerRequest { Card = theirs.Card, Fingerprint = theirs.Fingerprint.Digits },
            cancellationToken: cancellationToken);
    }

    private static async Task<V1.Node> SelfAsync(NodeConnection node, CancellationToken cancellationToken) =>
        (await node.Nodes.GetNodeAsync(new GetNodeRequest(), cancellationToken: cancellationToken)).Node;
}
