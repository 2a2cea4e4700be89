using System.CommandLine;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.Sandbox;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange sandbox</c></summary>
internal static class SandboxCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var data = new Option<string?>("--data")
        {
            Description = "Keep it in this folder, so that the next start goes on there. Default: a folder that is "
                + "removed in the end.",
            HelpName = "DIR",
        };
        var reset = new Option<bool>("--reset")
        {
            Description = "Empty the folder first and begin anew, with new keys and tokens.",
        };
        var port = new Option<int>("--port")
        {
            Description = "Where the city's node listens on 127.0.0.1. Default: 0, a free one.",
            HelpName = "PORT",
        };
        var withInput = new Option<bool>("--stop-with-input")
        {
            Description = "Stop when standard input ends.",
            Hidden = true,
        };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "sandbox", "Runs a city's node with made-up data for developers, with a token for each role and a partner "
            + "that answers, until ctrl-C. On this machine alone; never where real data is.")
        {
            data, reset, port, withInput, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(
                output,
                new Chosen(input.GetValue(data), input.GetValue(reset), input.GetValue(port)),
                input.GetValue(withInput) ? environment.OpenInput() : null,
                cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, Chosen chosen, Stream? lifeline, CancellationToken cancellationToken)
    {
        if (chosen.Port is < 0 or > ushort.MaxValue)
        {
            throw new CommandException(ExitCode.Usage, "--port must be between 0 and 65535.");
        }

        if (chosen is { Reset: true, Data: null })
        {
            throw new CommandException(ExitCode.Usage, "--reset needs --data: the folder to begin anew in.");
        }

        await using var site = await SandboxSite.OpenAsync(
            chosen.Data, chosen.Reset, chosen.Port, output.Time, cancellationToken);
        IReadOnlyDictionary<string, string>? tokens = null;
        if (site.IsNew)
        {
            await SandboxSeed.FillAsync(output, site, cancellationToken);
            tokens = await SandboxSeed.TokensAsync(site, cancellationToken);
            site.Complete();
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var partner = new SandboxPartner(site.RegionNode.Node, output.Tell, output.Time);
        var answering = partner.RunAsync(stop.Token);

        // Not before: what a developer publishes at once would be taken for what was there before, and never answered.
        await Task.WhenAny(partner.Listening, answering);
        Tell(output, site, tokens);
        await output.Results.FlushAsync(CancellationToken.None);
        var end = await Task.WhenAny(answering, StopAsync(lifeline, output.Time, stop.Token));
        await stop.CancelAsync();
        await end;
        await answering;
        return ExitCode.Ok;
    }

    private static void Tell(CommandOutput output, SandboxSite site, IReadOnlyDictionary<string, string>? tokens)
    {
        var address = site.CityNode.Node.Address.ToString();
        var certificate = Path.Combine(site.CityData, "keys", "tls.pem");
        output.Result(
            new
            {
                node = SandboxSite.City,
                address,
                certificate,
                tokens,
                data = site.CityData,
                partner = new
                {
                    node = SandboxSite.Region,
                    address = site.RegionNode.Node.Address.ToString(),
                    data = site.RegionData,
                },
            },
            [
                $"{SandboxSite.City} serves at {address}, with vacancies of nobody. Its partner "
                + $"{SandboxSite.Region} refers "
                + "somebody to each vacancy that you publish.",
                "",
                $"export EXCHANGE_ADDRESS={address}",
                $"export EXCHANGE_CERTIFICATE={certificate}",
                .. tokens is null
                    ? ["The tokens were shown when this sandbox was made; --reset makes new ones."]
                    : tokens.Select(token => $"export EXCHANGE_TOKEN={token.Value}   # {token.Key}"),
                "",
                $"exchange status --data {site.CityData}        # and so on, as its operator",
                "Next: docs/partners/sandbox.md. Ctrl-C stops it.",
            ]);
    }

    private static async Task StopAsync(Stream? lifeline, TimeProvider time, CancellationToken cancellationToken)
    {
        var ignored = new byte[64];
        try
        {
            if (lifeline is null)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
                return;
            }

            while (await lifeline.ReadAsync(ignored, cancellationToken) > 0)
            {
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped in another way.
        }
    }

    private sealed record Chosen(string? Data, bool Reset, int Port);
}
