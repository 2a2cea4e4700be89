using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange verify</c></summary>
internal static class VerifyCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var peer = new Argument<string>("peer") { Description = "The partner's node id." };
        var command = new Command(
            "verify",
            "Syncs with a partner, has both nodes count anew from what they have stored what flows between them, and "
            + "repairs what differs. Reads all of it, so it takes minutes for millions of records.")
        {
            peer,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) =>
                RunAsync(output, node, input.GetRequiredValue(peer), cancellationToken));
    }

    private static async Task<int> RunAsync(
        CommandOutput output, NodeConnection node, string peer, CancellationToken cancellationToken)
    {
        var report = VerifyReport.From(peer, await node.Nodes.SyncNowAsync(
            new SyncNowRequest { Peer = peer, Verify = true }, cancellationToken: cancellationToken));
        output.Result(report, report.Lines());
        return report.Outcome switch
        {
            VerifyOutcome.Matched or VerifyOutcome.Repaired => ExitCode.Ok,
            VerifyOutcome.Unrepaired => ExitCode.Unrepaired,
            _ => ExitCode.Failed,
        };
    }
}
