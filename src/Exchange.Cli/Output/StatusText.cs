using Exchange.Cli.Client;

namespace Exchange.Cli.Output;

/// <summary>A node's status in words.</summary>
internal static class StatusText
{
    private static readonly TimeSpan CertificateNotice = TimeSpan.FromDays(30);

    public static IEnumerable<string> Lines(StatusReport report, DateTimeOffset now)
    {
        var test = report.TestNode ? ", a test node" : "";
        yield return $"{report.Node} ({report.Name}) at {report.Address}: {report.Health}, exchange "
            + $"{report.Software}{test}";
        yield return $"store {report.Engine}, feed position {report.Position:N0}, up {Age(now - report.StartTime)}, "
            + $"{report.Watchers} watchers";
        foreach (var (kind, live) in report.Records)
        {
            yield return $"  {kind,-18} {live,12:N0}";
        }

        if (report.Tombstones > 0)
        {
            yield return $"  {"(deleted)",-18} {report.Tombstones,12:N0}";
        }

        if (report.OpenReviews > 0)
        {
            yield return $"{report.OpenReviews:N0} findings about ID numbers; see exchange review identity list";
        }

        if (report.CertificateValidTo is { } until && until < now + CertificateNotice)
        {
            yield return $"the node's certificate is good until {until:yyyy-MM-dd} only; see exchange certificate roll";
        }

        foreach (var line in report.Peers.SelectMany(peer => Lines(peer, now)))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Certificates(PeerReport peer, DateTimeOffset now)
    {
        if (peer.PinnedUntil is { } until && until < now + CertificateNotice)
        {
            yield return $"  its certificate is good until {until:yyyy-MM-dd} only";
        }

        if (peer.LacksNextCertificate)
        {
            yield return "  it hasn't got the next certificate of this node yet; see exchange certificate show";
        }
    }

    private static IEnumerable<string> Lines(PeerReport peer, DateTimeOffset now)
    {
        var session = peer.Running is { } mode ? $"a {mode} session is running" : "no session is running";
        var under = peer.Agreement is { } agreement ? $"under {agreement}" : "without an agreement";
        yield return $"partner {peer.Node} {under}: {session}";
        foreach (var line in Agreement(peer))
        {
            yield return line;
        }

        yield return peer.LastSuccess is { } last
            ? $"  current {Age(now - last)} ago; {peer.PositionsBehind:N0} positions behind"
            : $"  never current so far; {peer.PositionsBehind:N0} positions behind";
        yield return $"  sent {peer.Sent:N0}, received {peer.Received:N0}, withheld {peer.Withheld:N0}, quarantined "
            + $"{peer.Quarantined:N0}";
        foreach (var line in Retractions(peer, now))
        {
            yield return line;
        }

        yield return $"  {peer.Sessions:N0} sessions, {peer.Resumed:N0} resumed; {Digests(peer)}";
        if (peer.LastError is { } error)
        {
            yield return $"  the last session failed: {error}";
        }

        if (peer.Partial > 0)
        {
            yield return $"  {peer.Partial:N0} records that came back aren't whole; see exchange review partial list";
        }

        foreach (var outage in peer.Outages)
        {
            yield return $"  announced: {outage.Line()}";
        }

        if (peer.Upgrade is { } upgrade)
        {
            yield return $"  {upgrade.Line(now)}";
        }

        foreach (var line in Certificates(peer, now))
        {
            yield return line;
        }

        if (peer.KeptUntil is { } kept && kept < now)
        {
            yield return "  silent for so long that nothing deleted is kept for it: it may have to be given all anew";
        }

        if (peer.NextRun is { } next)
        {
            yield return $"  next run in {Age(next - now)}";
        }
    }

    private static string Digests(PeerReport peer) => peer switch
    {
        { DigestsMatch: true } => "digests agree",
        { LastSuccess: null } => "no session completed yet that compared digests",
        _ => "digests don't agree",
    };

    private static IEnumerable<string> Retractions(PeerReport peer, DateTimeOffset now)
    {
        if (peer.Restored is { } ours)
        {
            yield return $"  this node was restored {Age(now - ours.Time)} ago: {ours.Returned:N0} records came back "
                + $"partial, {ours.ErasedAgain:N0} were erased again, {ours.Restamped:N0} stand in an older version"
                + (ours.Complete ? "" : "; not everything has come back yet");
        }

        if (peer.PeerRestored is { } theirs)
        {
            yield return $"  the partner was restored: {theirs.Returned:N0} records and removals were given back to it"
                + (theirs.Complete ? "" : " so far");
        }

        if (peer.WindingUp)
        {
            yield return "  the agreement ends: nothing new is given, and everything is taken back";
        }

        if (peer.SweepTotal > 0)
        {
            yield return $"  held against new terms: {peer.Swept:N0} of {peer.SweepTotal:N0} positions";
        }

        if (peer.OldestRetraction is { } oldest)
        {
            yield return $"  {peer.OpenRetractions:N0} records to be given back, the oldest for {Age(now - oldest)}; "
                + $"{peer.OverdueRetractions:N0} overdue";
        }
    }

    private static IEnumerable<string> Agreement(PeerReport peer)
    {
        if (peer.AgreementEnds is { } end)
        {
            yield return $"  the agreement ends on {end}";
        }

        if (peer.Heir is { } heir)
        {
            yield return $"  after that day {heir}";
        }

        foreach (var succession in peer.Successions)
        {
            yield return $"  {succession}";
        }

        if (peer.NextAgreementVersion is { } next)
        {
            yield return $"  its version {next} is signed by both and begins later";
        }

        if (peer.OpenAgreementVersion is { } open)
        {
            yield return $"  version {open} of the agreement waits for a signature; see exchange agreement show";
        }
    }

    /// <summary>A span of time in its two largest units.</summary>
    private static string Age(TimeSpan age) => age switch
    {
        { TotalDays: >= 1 } => $"{(int)age.TotalDays} d {age.Hours} h",
        { TotalHours: >= 1 } => $"{(int)age.TotalHours} h {age.Minutes} min",
        { TotalMinutes: >= 1 } => $"{(int)age.TotalMinutes} min {age.Seconds} s",
        _ => $"{Math.Max(0, age.TotalSeconds):0.0} s",
    };
}
