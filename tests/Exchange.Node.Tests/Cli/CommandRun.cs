using Exchange.Cli;
using Exchange.Cli.Client;
using Grpc.Core;

namespace Exchange.Node.Tests.Cli;

/// <summary>Runs commands inside the test and keeps what they say.</summary>
internal sealed class CommandRun
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    /// <summary>The node that every address leads to.</summary>
    public CallInvoker Node { get; init; } = new FakeNode();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Standard error is a terminal.</summary>
    public bool ShowsProgress { get; init; }

    /// <summary>Addresses that were connected to.</summary>
    public List<string> Connected { get; } = [];

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public CommandEnvironment Environment => new()
    {
        Output = _output,
        Error = _error,
        OpenInput = () => Stream.Null,
        IsTerminal = false,
        ShowsProgress = ShowsProgress,
        Time = Time,
        Connect = address =>
        {
            Connected.Add(address.ToString());
            return new NodeConnection(address, Node);
        },
    };

    public Task<int> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public Task<int> RunAsync(CancellationToken cancellationToken, params string[] arguments) =>
        ExchangeCommands.RunAsync(arguments, Environment, cancellationToken);
}
