using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange sync</c></summary>
internal static class SyncCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var peer = new Argument<string>("peer") { Description = "The partner's node id." };
        var command = new Command(
            "sync",
            "Runs a session with a partner now and waits for its end. Goes on where an earlier session was cut.")
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
        var report = SyncReport.From(peer, await node.Nodes.SyncNowAsync(
            new SyncNowRequest { Peer = peer }, cancellationToken: cancellationToken));
        output.Result(report, report.Line());
        if (report.DigestsMatch)
        {
            return ExitCode.Ok;
        }

        output.Tell(
            $"The digests of '{peer}' and this node differ, so one of them holds what the other doesn't expect. "
            + $"'exchange verify {peer}' says what. Their logs name the session {report.Session}.");
        return ExitCode.Failed;
    }
}

/// <summary>What one session did; the JSON of <c>exchange sync</c>.</summary>
/// <param name="Peer">The partner.</param>
/// <param name="Session">The session's id, as logs and receipts name it.</param>
/// <param name="Sent">Changes sent and acknowledged.</param>
/// <param name="Received">Changes received, durably.</param>
/// <param name="Quarantined">Received changes that weren't applied.</param>
/// <param name="DigestsMatch">Both sides hold the same.</param>
/// <param name="Resumed">It went on where an earlier session was cut.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record SyncReport(
    string Peer,
    string Session,
    ulong Sent,
    ulong Received,
    ulong Quarantined,
    bool DigestsMatch,
    bool Resumed,
    double Seconds)
{
    /// <summary>After a restore on either side: records and removals given back.</summary>
    public ulong Returned { get; init; }

    public static SyncReport From(string peer, SyncNowResponse done) => new(
        peer,
        done.SessionId,
        done.SentCount,
        done.ReceivedCount,
        done.QuarantinedCount,
        done.DigestsMatch,
        done.Resumed,
        Math.Round(done.Duration.ToTimeSpan().TotalSeconds, 3))
    {
        Returned = done.ReturnedCount,
    };

    private string Back => Returned == 0 ? "" : $", {Returned:N0} given back after a restore";

    public string Line()
    {
        var resumed = Resumed ? ", resuming a session that was cut" : "";
        return $"Synced with {Peer} in {Seconds:0.0} s{resumed}: {Sent:N0} changes sent, {Received:N0} received, "
            + $"{Quarantined:N0} quarantined{Back}; digests {(DigestsMatch ? "agree" : "differ")}.";
    }
}
