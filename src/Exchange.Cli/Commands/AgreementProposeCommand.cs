using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement propose</c></summary>
internal static class AgreementProposeCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var command = new Command(
            "propose", "Makes the next version of an agreement and signs it for this node. Nothing flows under it "
            + "before the partner has signed it too.");
        var proposal = ProposalOptions.AddTo(command);
        var card = new Option<string?>("--card")
        {
            Description = "The partner's card, as 'exchange agreement card' wrote it there. Needed for the first "
                + "agreement, and when the partner has a new key.",
            HelpName = "FILE",
        };
        var fingerprint = AgreementCommand.NewFingerprint();
        var path = AgreementCommand.NewOut("Where to write the proposal, to be brought to the partner.");
        command.Add(card);
        command.Add(fingerprint);
        command.Add(path);
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var self = await node.Nodes.GetNodeAsync(new GetNodeRequest(), cancellationToken: cancellationToken);
            var held = await node.Agreements.ListAgreementsAsync(
                new ListAgreementsRequest(), cancellationToken: cancellationToken);
            var request = new ProposeAgreementRequest
            {
                Agreement = await proposal.ReadAsync(
                    input, self.Node.Id, held.Entries, output.Time, cancellationToken),
                PartnerCard = input.GetValue(card) is { } file
                    ? AgreementFiles.PartyOf(AgreementFiles.ReadCard(file))
                    : null,
                PartnerFingerprint = input.GetValue(fingerprint) ?? "",
            };
            return await RunAsync(output, node, request, input.GetValue(path), cancellationToken);
        });
    }

    private static async Task<int> RunAsync(
        CommandOutput output,
        NodeConnection node,
        ProposeAgreementRequest request,
        string? path,
        CancellationToken cancellationToken)
    {
        var entry = (await node.Agreements.ProposeAgreementAsync(request, cancellationToken: cancellationToken)).Entry;
        var self = await AgreementCommand.SelfAsync(node, entry, cancellationToken);
        return AgreementCommand.Tell(
            output,
            entry,
            path,
            path is null
                ? $"Carry it to the partner: exchange agreement send {entry.Agreement.Id}"
                : $"Bring {path} to the partner. There: exchange agreement accept FILE --out FILE",
            $"If they ask for the fingerprint of {self.Node}, read it to them: {self.Fingerprint}");
    }
}
