using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.Setup;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange certificate</c></summary>
internal static class CertificateCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("certificate", "Looks after the certificate that this node shows to partners and to local systems.")
        {
            Show(environment),
            Roll(environment),
            Make(environment),
            Request(environment),
            Install(environment),
        };

    private static Command Show(CommandEnvironment environment)
    {
        var command = new Command(
            "show", "Shows the certificate of a running node, the next one if it rolls over, and who hasn't got that.");
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var found = await node.Peers.GetCertificateAsync(
                new GetCertificateRequest(), cancellationToken: cancellationToken);
            Tell(output, found);
        });
    }

    private static Command Roll(CommandEnvironment environment)
    {
        var by = DayOption.New("--by", "Change over on this day at the latest, whoever hasn't got the next one. "
            + "Default: in 30 days, or a day before the present certificate is over.");
        var request = new Option<string?>("--signing-request")
        {
            Description = "Write a signing request for a CA here instead of making a certificate; 'exchange "
                + "certificate "
                + "install' takes the answer.",
            HelpName = "FILE",
        };
        var command = new Command(
            "roll", "Makes the next key and announces it to partners. The node changes over by itself once every "
                + "partner "
            + "has said that it has it; no session is missed.")
        {
            by, request,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var file = input.GetValue(request);
            var rolled = await node.Peers.RollCertificateAsync(
                new RollCertificateRequest
                {
                    ChangeTime = DateRules.Day(DayOption.Read(input, by)) is { } day
                        ? NodeIdentity.StartOf(day).ToTimestamp()
                        : null,
                    SigningRequest = file is not null,
                },
                cancellationToken: cancellationToken);
            if (file is not null)
            {
                await File.WriteAllTextAsync(file, rolled.SigningRequest, cancellationToken);
            }

            var found = await node.Peers.GetCertificateAsync(
                new GetCertificateRequest(), cancellationToken: cancellationToken);
            Tell(output, found);
        });
    }

    private static Command Make(CommandEnvironment environment)
    {
        var newKey = new Option<bool>("--new-key")
        {
            Description = "Make a new key, too: partners must pin the new card. Without it partners notice nothing.",
        };
        var command = new Command(
            "make", "Makes a self-made certificate for the key that is there, or for a new one. A running node shows "
                + "it at "
            + "the next handshake.")
        {
            newKey,
        };
        return command.OnFiles(environment, (input, output, own) =>
        {
            var file = own.Make(input.GetValue(newKey), output.Time);
            output.Result(new { certificate = file }, $"Made {file}.");
        });
    }

    private static Command Request(CommandEnvironment environment)
    {
        var path = new Option<string>("--out")
        {
            Description = "Where to write the request.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("request", "Writes a signing request for a CA, for the key that is there.") { path };
        return command.OnFiles(environment, (input, output, own) =>
        {
            var file = input.GetRequiredValue(path);
            File.WriteAllText(file, own.Request());
            output.Result(
                new { request = file },
                $"Wrote {file}. When the CA has answered: exchange certificate install FILE");
        });
    }

    private static Command Install(CommandEnvironment environment)
    {
        var answer = new Argument<string>("file") { Description = "The certificate in PEM, followed by its chain." };
        var authority = new Option<string?>("--ca")
        {
            Description = "The CA's root in PEM, unless it is in the chain.",
            HelpName = "FILE",
        };
        var command = new Command(
            "install", "Takes the certificate that a CA issued, for the present key or for that of a roll-over. The "
                + "key and "
            + "the chain are checked.")
        {
            answer, authority,
        };
        return command.OnFiles(environment, (input, output, own) =>
        {
            var file = own.Install(input.GetRequiredValue(answer), input.GetValue(authority), output.Time);
            output.Result(new { certificate = file }, $"It stands in {file}.");
        });
    }

    private static Command OnFiles(
        this Command command, CommandEnvironment environment, Action<ParseResult, CommandOutput, OwnCertificate> work)
    {
        var data = DataOption.Required("The node's data directory, made by exchange init.");
        var host = new Option<string?>("--host")
        {
            Description = "The name or IP address under which the node is called. Default: that of Listen:Address.",
            HelpName = "NAME",
        };
        var json = ClientOptions.NewJson();
        command.Add(data);
        command.Add(host);
        command.Add(json);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output =>
            {
                work(input, output, new OwnCertificate(input.GetRequiredValue(data), input.GetValue(host)));
                return Task.FromResult(ExitCode.Ok);
            },
            cancellationToken));
        return command;
    }

    private static void Tell(CommandOutput output, GetCertificateResponse found)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(found.Certificate.Span);
        var report = new CertificateReport(
            certificate.Subject,
            Convert.ToHexStringLower(TlsCertificate.HashOf(certificate)),
            found.ValidToTime.ToDateTimeOffset(),
            found.Roll is { } roll ? Convert.ToHexStringLower(roll.KeyHash.Span) : null,
            found.Roll?.StartTime?.ToDateTimeOffset(),
            found.Roll?.ChangeTime?.ToDateTimeOffset(),
            [.. found.WaitingFor]);
        output.Result(report, report.Lines());
    }
}
