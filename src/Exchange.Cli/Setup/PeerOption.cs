using System.CommandLine;
using Exchange.Cli.Client;

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

    private readonly Option<string?> _profile = new("--profile")
    {
        Description = "Make an agreement that holds without signatures until one is signed with 'exchange agreement': "
            + "province (the full register) or city (only referred and placed workers, masked).",
        HelpName = "NAME",
    };

    private readonly Option<string?> _role = new("--role")
    {
        Description = "With --profile: this node is the sending or the receiving side.",
        HelpName = "SIDE",
    };

    private readonly Option<string?> _agreement = new("--agreement")
    {
        Description = "Take the agreement without signatures that the partner made with --profile.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _digestKey = new("--digest-key")
    {
        Description = "With --agreement: the key that came with it.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _mode = new("--mode")
    {
        Description = "Who calls whom: nightly or live (we call), or passive (the partner calls). Default: nightly "
            + "with --peer-address, else passive.",
        HelpName = "MODE",
    };

    private PeerOption()
    {
        _profile.AcceptOnlyFromAmong(AgreementDraft.Profiles);
        _role.AcceptOnlyFromAmong(AgreementDraft.Sending, AgreementDraft.Receiving);
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
    public FirstPeer? Read(ParseResult input)
    {
        if (input.GetValue(_peer) is not { } node)
        {
            return All().FirstOrDefault(option => input.GetResult(option) is { Implicit: false }) is { } stray
                ? throw new CommandException(ExitCode.Usage, $"{stray.Name} needs a partner: name it with --peer.")
                : null;
        }

        var address = input.GetValue(_address);
        var peer = new FirstPeer(
            node,
            address is null ? null : NodeAddress.Resolve(address, null).ToString(),
            input.GetValue(_mode) ?? (address is null ? "passive" : "nightly"),
            input.GetValue(_profile),
            input.GetValue(_role),
            input.GetValue(_agreement),
            input.GetValue(_digestKey));
        return peer.Mistake() is { } mistake ? throw new CommandException(ExitCode.Usage, mistake) : peer;
    }

    private IEnumerable<Option> All() => [_peer, _address, _profile, _role, _agreement, _digestKey, _mode];
}

/// <summary>The partner that <c>exchange init</c> was asked to write down.</summary>
internal sealed record FirstPeer(
    string Node, string? Address, string Mode, string? Profile, string? Role, string? Agreement, string? DigestKey)
{
    /// <summary>What doesn't fit together; null when all does.</summary>
    public string? Mistake() => this switch
    {
        { Profile: not null, Agreement: not null } => "Give --profile or --agreement, not both.",
        { Profile: not null, Role: null } => "--profile needs --role: is this node the sending or the receiving side?",
        { Agreement: not null, DigestKey: null } => "--agreement needs --digest-key: the key that came with it.",
        { Address: null, Mode: not "passive" } => $"Mode {Mode} needs --peer-address: this node calls the partner.",
        _ => null,
    };
}
