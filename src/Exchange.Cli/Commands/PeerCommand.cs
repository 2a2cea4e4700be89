using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Node.Agreements;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange peer</c></summary>
internal static class PeerCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("peer", "Says which certificates are partners': nodes talk with nobody else.")
        {
            Card(environment),
            Add(environment),
            List(environment),
            Remove(environment),
        };

    /// <summary>The card of the node that is asked; <c>exchange agreement card</c> is the same.</summary>
    public static Command Card(CommandEnvironment environment)
    {
        var path = AgreementCommand.NewOut("Where to write the card.");
        var command = new Command(
            "card", "Shows a node's card for its partners: its id, name, identity key and certificate, and the "
            + "fingerprint to read out by telephone. One file for agreements and for 'exchange peer add'.")
        {
            path,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var own = await node.Peers.GetPeerCardAsync(
                new GetPeerCardRequest(), cancellationToken: cancellationToken);
            if (input.GetValue(path) is { } file)
            {
                AgreementFiles.Write(file, own.Card);
            }

            output.Result(
                new
                {
                    node = own.Card.Node,
                    name = own.Card.Name,
                    publicKey = own.Card.PublicKey.ToBase64(),
                    fingerprint = own.Fingerprint.Digits,
                    words = own.Fingerprint.Words,
                    certificate = own.Card.Certificate.ToBase64(),
                },
                $"{own.Card.Node} ({own.Card.Name})",
                $"fingerprint {own.Fingerprint.Digits}",
                $"in words    {Words(own.Fingerprint)}");
        });
    }

    private static Command Add(CommandEnvironment environment)
    {
        var card = new Argument<string>("card")
        {
            Description = "The partner's card, from 'exchange peer card' "
            + "there."
        };
        var fingerprint = new Option<string?>("--fingerprint")
        {
            Description = "The fingerprint as the partner told it by telephone, in digits or in words. Default: asked "
                + "for "
                + "on a terminal.",
            HelpName = "TEXT",
        };
        var command = new Command(
            "add", "Pins the certificate on a partner's card, after both sides have read their fingerprints to each "
                + "other.")
        {
            card, fingerprint,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var theirs = AgreementFiles.ReadCard(input.GetRequiredValue(card));
            var own = await node.Peers.GetPeerCardAsync(
                new GetPeerCardRequest(), cancellationToken: cancellationToken);
            var spoken = KeyFingerprint.Spoken(theirs.PublicKey.Span);
            output.Tell($"{theirs.Node} must read to you:  {spoken.Digits}");
            output.Tell($"  or in words: {Words(spoken)}");
            output.Tell($"You read to {theirs.Node}: {own.Fingerprint.Digits}");
            output.Tell($"  or in words: {Words(own.Fingerprint)}");
            var typed = input.GetValue(fingerprint)
                ?? (environment.ShowsProgress ? await AskAsync(environment, theirs.Node, cancellationToken) : "");
            var answer = await node.Peers.AddPeerAsync(
                new AddPeerRequest { Card = theirs, Fingerprint = typed }, cancellationToken: cancellationToken);
            var pinned = PinReport.From(answer.Certificate);
            output.Result(pinned, $"Pinned: {pinned.Line()}");
        });
    }

    private static Command List(CommandEnvironment environment)
    {
        var command = new Command("list", "Lists the pinned certificates of partners.");
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var found = await node.Peers.ListPeerCertificatesAsync(
                new ListPeerCertificatesRequest(), cancellationToken: cancellationToken);
            var reports = found.Certificates.Select(PinReport.From).ToList();
            output.Result(new { certificates = reports }, reports.Select(report => report.Line()));
        });
    }

    private static Command Remove(CommandEnvironment environment)
    {
        var partner = new Argument<string>("node") { Description = "The partner's node id." };
        var key = new Option<string?>("--key")
        {
            Description = "Which one, by the key that 'exchange peer list' shows. Default: all of that partner.",
            HelpName = "KEY",
        };
        var command = new Command(
            "remove", "Forgets certificates of a partner: whoever shows one is refused at once, and open sessions end.")
        {
            partner, key,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new RemovePeerCertificatesRequest
            {
                Node = input.GetRequiredValue(partner),
                KeyHash = input.GetValue(key) is { } hex ? Hash(hex) : ByteString.Empty,
            };
            var gone = await node.Peers.RemovePeerCertificatesAsync(request, cancellationToken: cancellationToken);
            var reports = gone.Certificates.Select(PinReport.From).ToList();
            output.Result(
                new { removed = reports },
                reports.Count == 0 ? ["Nothing was pinned."] : reports.Select(report => $"Removed: {report.Line()}"));
        });
    }

    private static ByteString Hash(string hex)
    {
        try
        {
            return ByteString.CopyFrom(Convert.FromHexString(hex));
        }
        catch (FormatException)
        {
            throw new CommandException(ExitCode.Usage, $"'{hex}' is no key; take one from 'exchange peer list'.");
        }
    }

    private static async Task<string> AskAsync(
        CommandEnvironment environment, string partner, CancellationToken cancellationToken)
    {
        await environment.Error.WriteAsync($"What does {partner} read, in digits or in words? ");
        using var input = new StreamReader(environment.OpenInput());
        return await input.ReadLineAsync(cancellationToken) ?? "";
    }

    private static string Words(SpokenFingerprint fingerprint) => string.Join(' ', fingerprint.Words);
}
