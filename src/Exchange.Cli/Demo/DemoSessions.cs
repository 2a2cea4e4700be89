using Exchange.Cli.Client;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.Demo;

/// <summary>
/// The sync sessions of the demo: one that gives nobody away, one that is cut, one that resumes, and the last.
/// </summary>
internal sealed class DemoSessions(DemoContext demo, DemoRegisters registers)
{
    // What a record weighs on the line beside its payload: ids, version, hash, keys.
    private const int EnvelopeBytes = 200;

    // With fewer records than this, the middle of the line's bytes may come before the first batch's end.
    private const int SeveralBatches = 16;

    /// <summary>Nobody was referred yet, so no worker crosses.</summary>
    public async Task FirstAsync(CancellationToken cancellationToken)
    {
        var done = await SyncAsync(cancellationToken);
        var peer = await PeerAsync(demo.Sending, cancellationToken);
        var seen = (await demo.StatusAsync(demo.Receiving, cancellationToken)).Records.GetValueOrDefault("worker");
        demo.Say($"   {peer.Withheld:N0} workers were withheld and none crossed: nobody was referred yet.");
        demo.Checks.Check(
            "Before a referral every worker is withheld from the city",
            seen == 0 && done.SentCount == 0 && (long)peer.Withheld == registers.Workers,
            $"{peer.Withheld} withheld of {registers.Workers}, {done.SentCount} changes sent, {seen} workers seen");
    }

    /// <summary>Cuts the line while the vacancies cross, and lets a new session go on from there.</summary>
    public async Task CutAndResumeAsync(CancellationToken cancellationToken)
    {
        var total = (ulong)registers.Given;
        var standing = demo.Site.Line.StandStillAfterAsync(
            (registers.GivenBytes + (registers.Given * EnvelopeBytes)) / 2);
        var failing = FailAsync(cancellationToken);
        if (await Task.WhenAny(standing, failing) == standing)
        {
            // While the line stands still, the batches that came through become durable.
            await demo.UntilAsync(
                "a batch becomes durable",
                async () => total < SeveralBatches || await HeldAsync(cancellationToken) > 0,
                cancellationToken);
            demo.Site.Line.Cut();
        }

        var failure = await failing;
        var durable = (await PeerAsync(demo.Sending, cancellationToken)).Received;
        demo.Say($"   The line was cut in the middle: {durable:N0} of {total:N0} records were durable by then.");
        demo.Checks.Check(
            "A session whose line is cut fails, with only a part durable",
            failure is StatusCode.Unavailable && demo.Site.Line.Cuts == 1 && durable < total
                && (durable > 0 || total < SeveralBatches),
            $"status {failure}, {demo.Site.Line.Cuts} cuts, {durable} of {total} durable");

        var resumed = await SyncAsync(cancellationToken);
        demo.Say($"   The next session went on from there and brought the other {resumed.ReceivedCount:N0}.");
        demo.Checks.Check(
            "The next session resumes at the last durable batch and repeats nothing",
            resumed.Resumed && durable + resumed.ReceivedCount == total && resumed.QuarantinedCount == 0,
            $"{durable} + {resumed.ReceivedCount} of {total}, {resumed.QuarantinedCount} quarantined");

        var (given, held) = (
            (await demo.StatusAsync(demo.Receiving, cancellationToken)).Records.GetValueOrDefault("vacancy"),
            (await demo.StatusAsync(demo.Sending, cancellationToken)).Records.GetValueOrDefault("vacancy"));
        demo.Checks.Check("The sending side holds every vacancy of the city", held == given, $"{held} of {given}");
    }

    /// <summary>Both sides say what they gave and hold; the digests must be the same, computed apart.</summary>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        var done = await SyncAsync(cancellationToken);
        var (ours, theirs) = (
            await PeerAsync(demo.Sending, cancellationToken), await PeerAsync(demo.Receiving, cancellationToken));
        demo.Say($"   {DemoOptions.Sending} gave {ours.Given:N0} records and holds {ours.Held:N0}; the digests agree: "
            + $"{Same(ours, theirs)}.");
        demo.Checks.Check(
            "The digests of both directions agree",
            done.DigestsMatch && Same(ours, theirs),
            $"given {Short(ours.OutgoingDigest)} = held {Short(theirs.IncomingDigest)}, "
            + $"held {Short(ours.IncomingDigest)} = given {Short(theirs.OutgoingDigest)}");
    }

    /// <summary>What a node tells of the other.</summary>
    public async Task<PeerReport> PeerAsync(NodeConnection node, CancellationToken cancellationToken) =>
        (await demo.StatusAsync(node, cancellationToken)).Peers.Single();

    private async Task<long> HeldAsync(CancellationToken cancellationToken)
    {
        var held = (await demo.StatusAsync(demo.Sending, cancellationToken)).Records;
        return held.GetValueOrDefault("vacancy") + held.GetValueOrDefault("employer");
    }

    private static bool Same(PeerReport ours, PeerReport theirs) =>
        ours.OutgoingDigest is not null && ours.IncomingDigest is not null
        && ours.OutgoingDigest == theirs.IncomingDigest && ours.IncomingDigest == theirs.OutgoingDigest;

    private static string Short(string? digest) => digest?[..12] ?? "none";

    private async Task<SyncNowResponse> SyncAsync(CancellationToken cancellationToken) =>
        await demo.Sending.Nodes.SyncNowAsync(
            new SyncNowRequest { Peer = DemoOptions.Receiving }, cancellationToken: cancellationToken);

    private async Task<StatusCode> FailAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SyncAsync(cancellationToken);
            return StatusCode.OK;
        }
        catch (RpcException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return exception.StatusCode;
        }
    }
}
