namespace Exchange.Cli.Publishing;

/// <summary>What became of a file; the JSON of <c>publish</c> and <c>import</c>.</summary>
internal sealed record FileReport
{
    public required string File { get; init; }

    /// <summary>The mapping profile.</summary>
    public required string Profile { get; init; }

    public required string Publisher { get; init; }

    /// <summary>The stream: for an import its batch number.</summary>
    public required string Stream { get; init; }

    /// <summary>Nothing was written.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Rows below the header.</summary>
    public required long Rows { get; init; }

    /// <summary>Rows that stand in the node now.</summary>
    public required long Accepted { get; init; }

    /// <summary>Accepted rows that made a new record in this run.</summary>
    public required long Created { get; init; }

    /// <summary>Accepted rows that an earlier run had brought in under the same stream.</summary>
    public required long Before { get; init; }

    /// <summary>Accepted rows that name a record which isn't in the node yet, such as their household.</summary>
    public required long Waiting { get; init; }

    /// <summary>Accepted vacancies that the node holds until an authority has decided on their terms.</summary>
    public required long Held { get; init; }

    /// <summary>Rows refused by the profile or by the node.</summary>
    public required long Rejected { get; init; }

    /// <summary>Where the refused rows are; null when there are none.</summary>
    public required string? Rejects { get; init; }

    /// <summary>The item number up to which an earlier run had been accepted; 0 when there was none.</summary>
    public required ulong ResumedAfter { get; init; }

    /// <summary>How often the connection was lost and taken up again.</summary>
    public required int Reconnects { get; init; }

    public required double Seconds { get; init; }

    public IEnumerable<string> Lines()
    {
        var verb = DryRun ? "would be accepted" : "accepted";
        yield return $"{Accepted:N0} of {Rows:N0} rows {verb}: {Created:N0} new, "
            + $"{Accepted - Created - Before:N0} known already. ({Seconds:0.0} s)";
        if (ResumedAfter > 0)
        {
            yield return $"Went on after item {ResumedAfter:N0}: {Before:N0} rows were brought in by an earlier "
                + "run and not written twice.";
        }

        if (Waiting > 0)
        {
            yield return $"{Waiting:N0} rows name a record that isn't in the node yet, such as their household. Import "
                + "those records and then this file once more.";
        }

        if (Held > 0)
        {
            yield return $"{Held:N0} vacancies ask for a sex or a people. They are held until an authority has decided "
                + "on that; held_terms says for what.";
        }

        if (Rejected > 0)
        {
            yield return $"{Rejected:N0} rows rejected. They are in {Rejects} with the reasons; mend them and "
                + "send that file.";
        }
    }
}
