using Exchange.Node.Hosting;

namespace Exchange.Cli.Setup;

/// <summary>Makes a node's directory.</summary>
internal static class NodeSetup
{
    /// <summary>Checks everything that was asked for, then makes the directory.</summary>
    /// <exception cref="CommandException">Something is wrong; all of it is named, and nothing was made.</exception>
    public static void Create(DataDirectory data, NodeInitRequest request, TimeProvider time)
    {
        Check(request);
        NodeInit.Create(data, request, time);
    }

    private static void Check(NodeInitRequest request)
    {
        var node = new NodeOptionsValidator().Validate(null, new NodeOptions { Id = request.Id, Name = request.Name });
        var listen = new ListenOptionsValidator().Validate(null, new ListenOptions { Address = request.Address });
        var store = new StoreSettingsValidator().Validate(null, new StoreSettings { Engine = request.Engine });
        string[] errors = [.. node.Failures ?? [], .. listen.Failures ?? [], .. store.Failures ?? []];
        if (errors.Length > 0)
        {
            throw new CommandException(ExitCode.Usage, string.Join(" ", errors));
        }
    }
}
