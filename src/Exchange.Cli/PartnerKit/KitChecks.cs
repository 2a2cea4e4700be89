using Exchange.Node.Sync;
using Exchange.V1;
using Grpc.Core;

namespace Exchange.Cli.PartnerKit;

/// <summary>What several checks ask for.</summary>
internal static class KitChecks
{
    /// <summary>The call must have ended with a status and one of some reasons.</summary>
    public static string MustEnd(SyncFailure? failure, StatusCode status, params ErrorReason[] reasons)
    {
        var came = KitText.End(failure);
        return failure is { FromPeer: true } && failure.Status == status && reasons.Contains(failure.Reason)
            ? came
            : throw new PromiseBrokenException(came);
    }

    /// <summary>Gives up unless something holds.</summary>
    public static void Must(bool holds, string came)
    {
        if (!holds)
        {
            throw new PromiseBrokenException(came);
        }
    }

    /// <summary>Both digests must be the same; returns what came.</summary>
    public static async Task<string> MustHoldAsync(KitRun run, KitSession session, string after = "")
    {
        var verdict = await session.CompareAsync();
        var came = after + KitText.Of(verdict, run.Books.Digest());
        Must(verdict.Matches, came);
        return came;
    }

    /// <summary>A record must be applied.</summary>
    public static async Task MustApplyAsync(KitRun run, KitSession session, Record record)
    {
        var ack = await session.GiveAsync(record);
        run.Books.Hold(record);
        Must(ack is { AppliedCount: 1, SkippedCount: 0 }, KitText.Ack(ack));
    }

    /// <summary>What was sent must be skipped: the same or something newer is held, or it may not be.</summary>
    public static void MustSkip(SyncAck ack, string what) => Must(
        ack is { AppliedCount: 0, SkippedCount: 1, Quarantined.Count: 0 }, $"{what}: {KitText.Ack(ack)}");
}
