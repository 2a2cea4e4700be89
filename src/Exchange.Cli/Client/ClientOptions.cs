using System.CommandLine;

namespace Exchange.Cli.Client;

/// <summary>The options of every command that talks to a node.</summary>
internal sealed class ClientOptions
{
    private readonly Option<string?> _data = new("--data")
    {
        Description = "Data directory of the node that runs on this machine; its address, its certificate and its "
            + "operator's token are read from there.",
        HelpName = "DIR",
    };

    private readonly Option<string?> _node = new("--node")
    {
        Description = $"Address of the node. Default: that of --data, else {NodeAddress.Default}.",
        HelpName = "ADDRESS",
    };

    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = "File that holds the token to show. Default: the operator's, with --data; else what the "
            + $"environment variable {NodeAddress.TokenVariable} holds.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "The certificate that the node must show, a PEM file. Default: that of --data, else any that the "
            + "system trusts.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = NewJson();

    private ClientOptions()
    {
    }

    /// <summary>Adds the options to a command.</summary>
    public static ClientOptions AddTo(Command command)
    {
        var options = new ClientOptions();
        command.Add(options._data);
        command.Add(options._node);
        command.Add(options._tokenFile);
        command.Add(options._certificate);
        command.Add(options._json);
        return options;
    }

    /// <summary>The option that every command has.</summary>
    public static Option<bool> NewJson() => new("--json")
    {
        Description = "Write the result as JSON on standard output; everything else goes to standard error.",
    };

    public Chosen Read(ParseResult input) => new(
        input.GetValue(_data),
        input.GetValue(_node),
        input.GetValue(_tokenFile),
        input.GetValue(_certificate),
        input.GetValue(_json));

    /// <summary>What the user chose.</summary>
    /// <param name="Data">The data directory, or null.</param>
    /// <param name="Node">The address, or null.</param>
    /// <param name="TokenFile">The file with the token, or null.</param>
    /// <param name="Certificate">The file of the certificate that the node must show, or null.</param>
    /// <param name="Json">Output for programs.</param>
    internal sealed record Chosen(string? Data, string? Node, string? TokenFile, string? Certificate, bool Json);
}
