using System.CommandLine;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Agreements;

/// <summary>The options of <c>exchange agreement propose</c> that say what is to be agreed.</summary>
internal sealed class ProposalOptions
{
    private readonly Option<string?> _peer = new("--peer")
    {
        Description = "The partner's node id.",
        HelpName = "NODE",
    };

    private readonly Option<string?> _profile = new("--profile")
    {
        Description = "Make the terms: province (the full register) or city (only referred and placed workers, "
            + "masked).",
        HelpName = "NAME",
    };

    private readonly Option<string?> _role = new("--role")
    {
        Description = "With --profile: this node is the sending or the receiving side.",
        HelpName = "SIDE",
    };

    private readonly Option<string?> _draft = new("--draft")
    {
        Description = "Take the terms from a file instead: one written by 'show ID --draft FILE' and edited.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _pairs = new("--pairs")
    {
        Description = "The county-town pairing: a CSV file with the columns sending_code, receiving_code, from_date, "
            + "to_date. Of kinds that flow whole, each side then gives only what lies in its divisions.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _from = DayOption.New("--from", "The first day. Default: today; tomorrow for a "
        + "next version.");

    private readonly Option<string?> _to = DayOption.New("--to", "The last day. Default: none is agreed.");

    private readonly Option<string?> _title = new("--title")
    {
        Description = "The title and number of the paper that this carries out.",
        HelpName = "TEXT",
    };

    private readonly Option<string[]> _succeeds = new("--succeeds")
    {
        Description = "A node whose place the partner takes; the agreement with it must end the day before. May be "
            + "given several times.",
        HelpName = "NODE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _mayPassOnTo = new("--may-pass-on-to")
    {
        Description = "A node to which the receiver may pass on what it is given. May be given several times.",
        HelpName = "NODE",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<uint> _personMatches = new("--person-matches")
    {
        Description = "With --profile city: about how many persons a day the city may ask whether it was given them, "
            + "by tokens of their ID numbers. Default: 0, none. At most 200.",
        HelpName = "COUNT",
    };

    private ProposalOptions()
    {
        _profile.AcceptOnlyFromAmong(AgreementDraft.Profiles);
        _role.AcceptOnlyFromAmong(AgreementDraft.Sending, AgreementDraft.Receiving);
    }

    public static ProposalOptions AddTo(Command command)
    {
        var options = new ProposalOptions();
        Option[] all =
        [
            options._peer, options._profile, options._role, options._draft, options._pairs, options._from, options._to,
            options._title, options._succeeds, options._mayPassOnTo, options._personMatches,
        ];
        foreach (var option in all)
        {
            command.Add(option);
        }

        return options;
    }

    /// <summary>The terms that were asked for, without version and keys.</summary>
    /// <exception cref="CommandException">The options don't fit together.</exception>
    public async Task<Agreement> ReadAsync(
        ParseResult input,
        string node,
        IReadOnlyList<AgreementEntry> held,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        var agreement = input.GetValue(_draft) is { } draft ? AgreementFiles.ReadDraft(draft) : Make(input, node);
        var isNext = held.Any(entry => entry.Agreement.Id == agreement.Id && entry.Signed.Signatures.Count > 1);
        var today = NodeIdentity.Today(time);
        agreement.ValidFromDate = DayOption.Read(input, _from) ?? agreement.ValidFromDate
            ?? DateRules.ToDate(isNext ? today.AddDays(1) : today);
        agreement.ValidToDate = DayOption.Read(input, _to) ?? agreement.ValidToDate;
        agreement.Title = input.GetValue(_title) ?? agreement.Title;
        var pairs = input.GetValue(_pairs) is { } file ? await PairsFile.ReadAsync(file, cancellationToken) : null;
        agreement.Successions.AddRange(input.GetValue(_succeeds)!.Select(
            predecessor => Succession(agreement, node, predecessor, held)));
        if (input.GetResult(_personMatches) is { Implicit: false })
        {
            agreement.Flows[0].PersonMatchesPerDay = input.GetValue(_personMatches);
        }

        foreach (var flow in agreement.Flows)
        {
            if (pairs is not null)
            {
                flow.DivisionPairs.Clear();
                flow.DivisionPairs.AddRange(pairs.Select(
                    pair => flow.FromNode == agreement.Flows[0].FromNode ? pair : PairsFile.Reversed(pair)));
            }

            flow.MayPassOnTo.AddRange(input.GetValue(_mayPassOnTo)!.Except(flow.MayPassOnTo));
        }

        return agreement;
    }

    private static AgreementSuccession Succession(
        Agreement agreement, string node, string predecessor, IReadOnlyList<AgreementEntry> held) => new()
        {
            ByNode = agreement.Parties.First(party => party.Node != node).Node,
            Node = predecessor,
            AgreementId = held.Select(entry => entry.Agreement)
                .FirstOrDefault(other => other.Parties.Any(party => party.Node == predecessor))?.Id
                ?? throw new CommandException(ExitCode.Usage, $"No agreement with '{predecessor}' is held here."),
        };

    private Agreement Make(ParseResult input, string node) =>
        (input.GetValue(_peer), input.GetValue(_profile), input.GetValue(_role)) is ({ } peer, { } profile, { } role)
            ? AgreementDraft.Make(node, peer, profile, role)
            : throw new CommandException(
                ExitCode.Usage,
                "Say what is to be agreed: --peer with --profile and --role, or --draft with terms in a file.");
}
