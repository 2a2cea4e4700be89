using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.Setup;
using Exchange.Node.Hosting;
using Exchange.Store;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange init</c></summary>
internal static class InitCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var data = DataOption.Required("The directory to make the node in; created when it is absent.");
        var id = new Option<string>("--id")
        {
            Description = "The node's id, unique among its partners and fixed for life: 1 to 63 characters of a-z, "
                + "0-9 and -.",
            HelpName = "ID",
            Required = true,
        };
        var name = new Option<string>("--name")
        {
            Description = "The body that runs the node, for people.",
            HelpName = "NAME",
        };
        var listen = new Option<string>("--listen")
        {
            Description = $"Where the node will serve; port 0 takes a free one. Default: {NodeAddress.Default}.",
            HelpName = "ADDRESS",
            DefaultValueFactory = _ => NodeAddress.Default,
        };
        var test = new Option<bool>("--test-node")
        {
            Description = "Accept generated ID numbers. Never where real data is.",
        };
        var engine = new Option<string>("--engine")
        {
            Description = "The storage engine. Default: the first of "
                + $"{string.Join(", ", RecordStores.Engines)}, those of this build.",
            HelpName = "ENGINE",
        };
        var signing = NewSigningRequest();
        var json = ClientOptions.NewJson();
        var command = new Command(
            "init", "Makes a node: its directory, keys and a commented configuration; with --peer the line to a "
            + "partner too.")
        {
            data, id, name, listen, test, engine, signing,
        };
        var peer = PeerOption.AddTo(command);
        command.Add(json);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output =>
            {
                var request = new NodeInitRequest(
                    input.GetRequiredValue(id),
                    input.GetValue(name) ?? "",
                    input.GetRequiredValue(listen),
                    input.GetValue(test),
                    input.GetValue(engine),
                    peer.Read(input) is { } first ? [first] : []);
                return Task.FromResult(Run(
                    output, new DataDirectory(input.GetRequiredValue(data)), request, input.GetValue(signing)));
            },
            cancellationToken));
        return command;
    }

    private static Option<string?> NewSigningRequest() => new("--signing-request")
    {
        Description = "Also write a signing request for a CA here, for the key that is made. Until 'exchange "
            + "certificate install' takes the CA's answer, the node shows a self-made certificate.",
        HelpName = "FILE",
    };

    private static StreamWriter Open(string path)
    {
        try
        {
            return new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Usage, $"--signing-request: {exception.Message}");
        }
    }

    private static int Run(
        CommandOutput output, DataDirectory data, NodeInitRequest request, string? signingRequest)
    {
        // Opened before the node is made, which can't be made again for a path that is wrong.
        using var file = signingRequest is null ? null : Open(signingRequest);
        NodeSetup.Create(data, request, output.Time);
        file?.Write(new OwnCertificate(data.Path, host: null).Request());

        output.Result(
            new { node = request.Id, data = data.Path, configuration = data.ConfigFile, request = signingRequest },
            [
                $"Made the node '{request.Id}' in {data.Path}.",
                $"Its configuration is {data.ConfigFile}; its keys are in {data.Keys}: keep them apart from backups "
                + "of the database.",
                .. signingRequest is null
                    ? Array.Empty<string>()
                    :
                    [
                        $"Its signing request is {signingRequest}. When the CA has answered: exchange certificate "
                        + $"install FILE --data {data.Path}",
                    ],
                $"Start it with: exchange serve --data {data.Path}",
                .. request.Peers.Select(peer =>
                    $"Then agree with '{peer.Node}' on what may flow: exchange agreement propose --help"),
            ]);
        return ExitCode.Ok;
    }
}
