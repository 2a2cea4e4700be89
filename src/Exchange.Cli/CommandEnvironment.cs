using Exchange.Cli.Client;

namespace Exchange.Cli;

/// <summary>What commands touch of the world outside, so that tests can give their own.</summary>
internal sealed record CommandEnvironment
{
    /// <summary>Results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Progress, logs and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input, for <c>publish -</c>.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Results go to a terminal: tables have colours.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>Someone looks at standard error, wherever the results go: progress is shown.</summary>
    public required bool ShowsProgress { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Prepares calls to the node at an address; nothing is sent yet.</summary>
    public required Func<NodeAddress, NodeConnection> Connect { get; init; }
}
