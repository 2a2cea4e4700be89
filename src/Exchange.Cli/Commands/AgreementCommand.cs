using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement</c></summary>
internal static class AgreementCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("agreement", "Agrees with a partner on what may flow. Both sign the same version; it takes effect on its "
            + "first day, without a restart.")
        {
            PeerCommand.Card(environment),
            AgreementProposeCommand.Create(environment),
            AgreementAcceptCommand.Create(environment),
            AgreementShowCommand.Create(environment),
            AgreementEndCommand.Create(environment),
            AgreementWithdrawCommand.Create(environment),
            AgreementSendCommand.Create(environment),
            AgreementTakeOverCommand.Create(environment),
        };

    /// <summary>Where a version that is to go to the partner is written.</summary>
    public static Option<string?> NewOut(string description) =>
        new("--out") { Description = description, HelpName = "FILE" };

    /// <summary>What the partner read out.</summary>
    public static Option<string?> NewFingerprint() => new("--fingerprint")
    {
        Description = "The fingerprint of the partner's key as the partner itself told it, by telephone for instance. "
            + "Needed for the first agreement, and when the partner has a new key.",
        HelpName = "DIGITS",
    };

    /// <summary>Tells how a version stands, and writes it into a file for the partner.</summary>
    public static int Tell(CommandOutput output, AgreementEntry entry, string? path, params IEnumerable<string> next)
    {
        var report = AgreementReport.From(entry);
        if (path is not null)
        {
            AgreementFiles.Write(path, entry.Signed);
        }

        output.Result(report, [$"{report.Id} version {report.Version}: {report.StateWords()}.", .. next]);
        return ExitCode.Ok;
    }

    /// <summary>The fingerprint that the partner will ask for: that of the node which is asked.</summary>
    public static async Task<PartyReport> SelfAsync(
        NodeConnection node, AgreementEntry entry, CancellationToken cancellationToken)
    {
        var self = (await node.Nodes.GetNodeAsync(new GetNodeRequest(), cancellationToken: cancellationToken)).Node.Id;
        return AgreementReport.From(entry).Parties.Single(party => party.Node == self);
    }
}
