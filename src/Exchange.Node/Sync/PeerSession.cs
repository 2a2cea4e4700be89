using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>What <see cref="PeerStates"/> is told of one session.</summary>
internal sealed class PeerSession(PeerStates states, string peer, bool resumes)
{
    // What was counted already: progress counts from the session's beginning, the status from the first session on.
    private SyncProgress _told = new();
    private bool _resumeTold;

    /// <summary>The session before this one was cut, and this one goes on within the feeds.</summary>
    public bool Resumes(SyncProgress progress) => resumes && progress.BeganWithin;

    /// <summary>Both sides have caught up and compared.</summary>
    public Task SettledAsync(SyncProgress progress, DateTimeOffset now, CancellationToken cancellationToken) =>
        TellAsync(progress, now, error: "", cancellationToken);

    /// <summary>The session is over.</summary>
    /// <param name="progress">What it did.</param>
    /// <param name="failure">Why it failed; null when it didn't.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task EndedAsync(SyncProgress progress, SyncFailure? failure, CancellationToken cancellationToken) =>
        TellAsync(progress, success: null, failure?.Message, cancellationToken);

    private async Task TellAsync(
        SyncProgress progress, DateTimeOffset? success, string? error, CancellationToken cancellationToken)
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
                status.LastError = error ?? status.LastError;
                if (success is { } now)
                {
                    status.LastSuccessTime = now.ToTimestamp();
                    status.DigestsMatch = progress.DigestsMatch;
                }
            },
            cancellationToken);
        _told = progress;
        _resumeTold |= resumed;
    }
}
