using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>What <see cref="PeerStates"/> is told of one session.</summary>
internal sealed class PeerSession(PeerStates states, string peer, bool resumes, TimeProvider time)
{
    // What was counted already: progress counts from the session's beginning, the status from the first session on.
    private SyncProgress _told = new();
    private bool _resumeTold;

    /// <summary>The session before this one was cut, and this one goes on within the feeds.</summary>
    public bool Resumes(SyncProgress progress) => resumes && progress.BeganWithin;

    /// <summary>Both sides have caught up and compared at least once.</summary>
    public bool HasSettled { get; private set; }

    /// <summary>Both sides have caught up and compared.</summary>
    public Task SettledAsync(SyncProgress progress, DateTimeOffset now, CancellationToken cancellationToken) =>
        TellAsync(progress, now, failure: null, cancellationToken);

    /// <summary>The session is over.</summary>
    /// <param name="progress">What it did.</param>
    /// <param name="failure">Why it failed; null when it didn't.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task EndedAsync(SyncProgress progress, SyncFailure? failure, CancellationToken cancellationToken) =>
        TellAsync(progress, success: null, failure, cancellationToken);

    private static ulong Repaired(SyncProgress progress) => progress.Found.Count - progress.Found.UnrepairedCount;

    private async Task TellAsync(
        SyncProgress progress, DateTimeOffset? success, SyncFailure? failure, CancellationToken cancellationToken)
    {
        var (told, resumed) = (_told, Resumes(progress) && !_resumeTold);
        await states.ChangeAsync(
            peer,
            status =>
            {
                status.SentCount += progress.Sent - told.Sent;
                status.ReceivedCount += progress.Received - told.Received;
                status.ResumedCount += resumed ? 1u : 0u;
                status.Acknowledged = progress.Acknowledged ?? status.Acknowledged;
                status.OutgoingDigest = progress.OutgoingDigest ?? status.OutgoingDigest;
                status.IncomingDigest = progress.IncomingDigest ?? status.IncomingDigest;
                status.LastError = failure?.Message ?? status.LastError;
                status.PeerProtocol = progress.PeerProtocol ?? status.PeerProtocol;
                if (progress.Acknowledged is not null)
                {
                    status.LastHeardTime = time.GetUtcNow().ToTimestamp();
                }

                var repaired = Repaired(progress) - Math.Min(Repaired(told), Repaired(progress));
                status.RepairedCount += repaired;
                if (success is { } now)
                {
                    status.LastError = "";
                    status.LastSuccessTime = now.ToTimestamp();
                    status.DigestsMatch = progress.DigestsMatch;
                    status.UnrepairedCount = progress.Found.UnrepairedCount;
                    if (progress.WasRecounted)
                    {
                        status.LastVerifyTime = now.ToTimestamp();
                        status.Verified = progress.DigestsMatch && progress.Found.UnrepairedCount == 0;
                    }
                }
            },
            day => Tally(day, progress, told, success, failure),
            cancellationToken);
        HasSettled |= success is not null;
        _told = progress;
        _resumeTold |= resumed;
    }

    private void Tally(
        PartnerDay day, SyncProgress progress, SyncProgress told, DateTimeOffset? success, SyncFailure? failure)
    {
        day.SentCount += progress.Sent - told.Sent;
        day.ReceivedCount += progress.Received - told.Received;
        day.QuarantinedCount += progress.Quarantined - told.Quarantined;
        PeerDays.AddKinds(day.Sent, progress.SentKinds, told.SentKinds);
        PeerDays.AddKinds(day.Received, progress.ReceivedKinds, told.ReceivedKinds);
        if (success is { } now)
        {
            day.LastSuccessTime = now.ToTimestamp();
            day.DigestsMatch = progress.DigestsMatch;
        }

        if (success is not null || HasSettled)
        {
            // The receipt comes after both have caught up, so its number is known at the next word about the session.
            day.ReceiptOwed = progress.Receipt == 0;
        }

        day.ReceiptNumber = Math.Max(day.ReceiptNumber, progress.Receipt);
        if (failure is not null)
        {
            PeerDays.AddFailure(day, failure, time.GetUtcNow());
        }
    }
}
