namespace Exchange.Cli;

/// <summary>What the program's exit code says. <c>docs/reference/cli.md</c> lists the same.</summary>
internal static class ExitCode
{
    /// <summary>Everything was done.</summary>
    public const int Ok = 0;

    /// <summary>Something failed that no other code names.</summary>
    public const int Failed = 1;

    /// <summary>The command line, a configuration or a mapping profile is wrong; nothing was done.</summary>
    public const int Usage = 2;

    /// <summary>What was asked for doesn't exist.</summary>
    public const int NotFound = 3;

    /// <summary>The work was done, but some items were rejected.</summary>
    public const int RejectsPresent = 4;

    /// <summary>No node answers at the address, or it stayed away longer than the command waits.</summary>
    public const int Unreachable = 5;

    /// <summary>The other side answered and refused.</summary>
    public const int Refused = 6;

    /// <summary>Two nodes hold different records, and not all of it could be repaired.</summary>
    public const int Unrepaired = 7;

    /// <summary>Ended by ctrl-C or SIGTERM.</summary>
    public const int Cancelled = 130;

    /// <summary>Every code with its meaning, for the reference.</summary>
    public static IReadOnlyList<(int Code, string Name, string Meaning)> All { get; } =
    [
        (Ok, "ok", "Everything was done."),
        (Failed, "failed",
            "Something failed that no other code names; a check of the demo or a partner's promise didn't hold."),
        (Usage, "usage", "The command line, a configuration or a mapping profile is wrong; nothing was done."),
        (NotFound, "not found", "What was asked for doesn't exist."),
        (RejectsPresent, "rejects present", "The work was done, but some items were rejected; the rejects file names "
            + "them."),
        (Unreachable, "unreachable",
            "No node answers at the address, or it stayed away longer than the command waits."),
        (Refused, "refused", "The other side answered and refused; the message says why and what to do."),
        (Unrepaired, "unrepaired",
            "Two nodes hold different records, and not all of it could be repaired; the result names what."),
        (Cancelled, "cancelled", "Ended by ctrl-C or SIGTERM. A node that serves ends with 0 then, because that is "
            + "how it is stopped."),
    ];
}
