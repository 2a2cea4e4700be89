using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Agreements;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement card</c></summary>
internal static class AgreementCardCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var path = AgreementCommand.NewOut("Where to write the card.");
        var command = new Command(
            "card", "Shows a node's card for a new partner: its id, name and public key, and the key's fingerprint to "
            + "read out by telephone. With --node it fetches a partner's card over the line.")
        {
            path,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) =>
                RunAsync(output, node, input.GetValue(path), cancellationToken));
    }

    private static async Task<int> RunAsync(
        CommandOutput output, NodeConnection node, string? path, CancellationToken cancellationToken)
    {
        var self = (await node.Nodes.GetNodeAsync(new GetNodeRequest(), cancellationToken: cancellationToken)).Node;
        if (path is not null)
        {
            AgreementFiles.Write(
                path, new AgreementParty { Node = self.Id, Name = self.Name, PublicKey = self.PublicKey });
        }

        var fingerprint = KeyFingerprint.Of(self.PublicKey.Span);
        output.Result(
            new { node = self.Id, name = self.Name, publicKey = self.PublicKey.ToBase64(), fingerprint },
            $"{self.Id} ({self.Name})",
            $"fingerprint {fingerprint}");
        return ExitCode.Ok;
    }
}
