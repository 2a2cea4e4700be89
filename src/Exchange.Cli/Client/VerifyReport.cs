using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>What a verification came to; the JSON of <c>exchange verify</c>.</summary>
/// <param name="Peer">The partner.</param>
/// <param name="Session">The session's id, as logs and receipts name it.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Differences">How many differences were found.</param>
/// <param name="Unrepaired">How many of them weren't repaired.</param>
/// <param name="Repairs">The first 100 of them.</param>
/// <param name="Sent">Changes sent and acknowledged, repairs among them.</param>
/// <param name="Received">Changes received, durably.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record VerifyReport(
    string Peer,
    string Session,
    VerifyOutcome Outcome,
    ulong Differences,
    ulong Unrepaired,
    IReadOnlyList<RepairReport> Repairs,
    ulong Sent,
    ulong Received,
    double Seconds)
{
    public static VerifyReport From(string peer, SyncNowResponse done) => new(
        peer,
        done.SessionId,
        OutcomeOf(done),
        done.RepairCount,
        done.UnrepairedCount,
        [.. done.Repairs.Select(RepairReport.From)],
        done.SentCount,
        done.ReceivedCount,
        Math.Round(done.Duration.ToTimeSpan().TotalSeconds, 3));

    public IEnumerable<string> Lines()
    {
        yield return Outcome switch
        {
            VerifyOutcome.Matched => $"'{Peer}' and this node hold the same, counted anew on both; {Seconds:0.0} s.",
            VerifyOutcome.Repaired => $"{Differences:N0} differences with '{Peer}' were found and repaired; counted "
                + $"anew on both, they hold the same now; {Seconds:0.0} s.",
            VerifyOutcome.Unrepaired => $"{Differences:N0} differences with '{Peer}' were found, and {Unrepaired:N0} "
                + $"of them couldn't be repaired; {Seconds:0.0} s.",
            _ => $"'{Peer}' didn't count anew, so nothing was verified: its software is too old.",
        };
        foreach (var repair in Repairs)
        {
            yield return repair.Line();
        }

        if (Differences > (ulong)Repairs.Count)
        {
            yield return $"  and {Differences - (ulong)Repairs.Count:N0} more";
        }
    }

    private static VerifyOutcome OutcomeOf(SyncNowResponse done)
    {
        if (!done.DigestsMatch || done.UnrepairedCount > 0)
        {
            return VerifyOutcome.Unrepaired;
        }

        return !done.Recounted ? VerifyOutcome.NotCounted
            : done.RepairCount > 0 ? VerifyOutcome.Repaired
            : VerifyOutcome.Matched;
    }
}

/// <summary>What a verification came to.</summary>
internal enum VerifyOutcome
{
    /// <summary>Nothing differed.</summary>
    Matched,

    /// <summary>Everything that differed was repaired.</summary>
    Repaired,

    /// <summary>Something couldn't be repaired.</summary>
    Unrepaired,

    /// <summary>The partner's software can't count anew.</summary>
    NotCounted,
}
