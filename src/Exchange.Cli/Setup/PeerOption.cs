using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Node.Hosting;

namespace Exchange.Cli.Setup;

/// <summary>The options of <c>exchange init</c> that name a first partner.</summary>
internal sealed class PeerOption
{
    private readonly Option<string?> _peer = new("--peer")
    {
        Description = "The first partner's node id.",
        HelpName = "NODE",
    };

    private readonly Option<string?> _address = new("--peer-address")
    {
        Description = "Where the partner serves. Left out when it calls us.",
        HelpName = "ADDRESS",
    };

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "Who calls whom: nightly or live (we call), or passive (the partner calls). Default: nightly "
            + "with --peer-address, else passive.",
        HelpName = "MODE",
    };

    private PeerOption()
    {
        _mode.AcceptOnlyFromAmong("nightly", "live", "passive");
    }

    public static PeerOption AddTo(Command command)
    {
        var options = new PeerOption();
        foreach (var option in options.All())
        {
            command.Add(option);
        }

        return options;
    }

    /// <summary>The partner that was asked for; null when none was.</summary>
    /// <exception cref="CommandException">The options don't fit together.</exception>
    public NodeInitPeer? Read(ParseResult input)
    {
        if (input.GetValue(_peer) is not { } node)
        {
            return All().FirstOrDefault(option => input.GetResult(option) is { Implicit: false }) is { } stray
                ? throw new CommandException(ExitCode.Usage, $"{stray.Name} needs a partner: name it with --peer.")
                : null;
        }

        var address = input.GetValue(_address);
        var mode = input.GetValue(_mode) ?? (address is null ? "passive" : "nightly");
        return address is null && mode != "passive"
            ? throw new CommandException(
                ExitCode.Usage, $"Mode {mode} needs --peer-address: this node calls the partner.")
            : new NodeInitPeer(node, address is null ? null : NodeAddress.Resolve(address, null).ToString(), mode);
    }

    private IEnumerable<Option> All() => [_peer, _address, _mode];
}
