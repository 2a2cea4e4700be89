using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.PartnerKit;
using Exchange.Node.Agreements;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange check-partner</c></summary>
internal static class CheckPartnerCommand
{
    private const string DefaultId = "check-partner";
    private const int DefaultPatience = 10;

    public static Command Create(CommandEnvironment environment)
    {
        var address = new Argument<string>("address") { Description = "Where the partner serves: https://HOST:PORT." };
        var data = DataOption.Required("The test node's directory, made by exchange check-partner init.");
        var only = new Option<string[]>("--only")
        {
            Description = "Look only at promises whose name begins so, such as quarantine. May be given several times.",
            HelpName = "NAME",
        };
        var patience = new Option<int>("--patience")
        {
            Description = $"How long an answer may take. Default: {DefaultPatience}; 1 to 600.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => DefaultPatience,
        };
        var junit = new Option<string?>("--junit")
        {
            Description = "Write the verdicts here as JUnit reports them, too.",
            HelpName = "FILE",
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "check-partner",
            "Plays a node against a partner's, whoever wrote that, and says of each promise of sync whether it "
            + "is kept. "
            + "Exits with 0 if none is broken. docs/partners/sync.md describes them.")
        {
            address, data, only, patience, junit, json, Init(environment),
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                new Chosen(
                    input.GetRequiredValue(address),
                    input.GetRequiredValue(data),
                    input.GetValue(only) ?? [],
                    input.GetValue(patience),
                    input.GetValue(junit)),
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static Command Init(CommandEnvironment environment)
    {
        var directory = new Argument<string>("dir") { Description = "The directory to make; must hold no node." };
        var card = new Option<string>("--card")
        {
            Description = "The partner's card, as 'exchange peer card' writes it.",
            HelpName = "FILE",
            Required = true,
        };
        var id = new Option<string>("--id")
        {
            Description = $"The test node's id. Default: {DefaultId}.",
            HelpName = "ID",
            DefaultValueFactory = _ => DefaultId,
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "init",
            "Makes the test node that checks a partner: keys, a card and two versions of an agreement, which the "
            + "partner "
            + "has to accept first.")
        {
            directory, card, id, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => Task.FromResult(Init(
                output,
                input.GetRequiredValue(directory),
                input.GetRequiredValue(card),
                input.GetRequiredValue(id))),
            cancellationToken));
        return command;
    }

    private static int Init(CommandOutput output, string path, string card, string id)
    {
        var directory = new KitDirectory(path);
        directory.Create(id, AgreementFiles.ReadCard(card), output.Time);
        using var made = directory.Read(output.Time);
        var fingerprint = KeyFingerprint.Of(made.Keys.PublicKey);
        output.Result(
            new
            {
                node = id,
                partner = made.Partner,
                card = directory.CardFile,
                agreement = directory.AgreementFile,
                agreementNext = directory.NextFile,
                fingerprint,
            },
            $"Made the test node '{id}' in {path}. Its persons are none, and their places were never issued; all "
            + "that it "
            + "gives it takes back.",
            $"The partner '{made.Partner}' has to do this, or what is the same there:",
            $"  exchange peer add {directory.CardFile} --fingerprint {fingerprint} --data DIR",
            $"  exchange agreement accept {directory.AgreementFile} --fingerprint {fingerprint} --data DIR",
            $"  exchange agreement accept {directory.NextFile} --data DIR",
            $"Then: exchange check-partner https://HOST:PORT --data {path}");
        return ExitCode.Ok;
    }

    private static async Task<int> RunAsync(CommandOutput output, Chosen chosen, CancellationToken cancellationToken)
    {
        var promises = Promises.Named(chosen.Only);
        if (promises.Count == 0)
        {
            throw new CommandException(
                ExitCode.Usage, $"No promise begins with '{string.Join("' or '", chosen.Only)}'.");
        }

        if (chosen.Patience is < 1 or > 600)
        {
            throw new CommandException(ExitCode.Usage, "--patience must be between 1 and 600.");
        }

        var address = NodeAddress.Resolve(chosen.Address, null);
        var began = output.Time.GetTimestamp();
        using var run = new KitRun(
            new KitDirectory(chosen.Data), address.Uri, TimeSpan.FromSeconds(chosen.Patience), output.Time);
        await BeginAsync(run, address);
        List<PromiseReport> reports;
        using (var progress = output.Progress("promises looked at"))
        {
            reports = await run.RunAsync(promises, () => progress.Add(1), cancellationToken);
        }

        var report = KitReport.Of(
            run.Identity.Partner, address.ToString(), output.Time.GetElapsedTime(began), reports);
        if (chosen.JUnit is { } file)
        {
            report.ToJUnit().Save(file);
        }

        if (output.IsJson)
        {
            output.Result(report);
        }
        else
        {
            report.Write(output.Results, output.IsTerminal);
        }

        return report.Broken == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    // What isn't there or knows nothing of the test node can't be checked, and that isn't its fault.
    private static async Task BeginAsync(KitRun run, NodeAddress address)
    {
        var (failure, began) = await run.RefusedAsync(_ => { });
        if (began)
        {
            return;
        }

        throw failure is { FromPeer: true }
            ? new CommandException(
                ExitCode.Refused,
                $"'{run.Identity.Partner}' refused the test node: {failure.Message} Has it done what "
                + "'exchange check-partner init' wrote?")
            : new CommandException(
                ExitCode.Unreachable,
                $"Nobody answers as '{run.Identity.Partner}' at {address}: {failure?.Message ?? "the call ended"}");
    }

    private sealed record Chosen(string Address, string Data, string[] Only, int Patience, string? JUnit);
}
