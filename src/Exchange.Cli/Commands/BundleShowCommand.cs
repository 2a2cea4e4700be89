using System.CommandLine;
using Exchange.Cli.Bundles;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Agreements;
using Exchange.Node.Bundles;
using Exchange.Node.Errors;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange bundle show</c></summary>
internal static class BundleShowCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var path = new Argument<string>("file") { Description = "The bundle." };
        var json = ClientOptions.NewJson();
        var command = new Command(
            "show",
            "Tells what a bundle says of itself, and whether it is whole and unchanged. Needs no node and no key, so "
            + "it can't tell whose signature it is: compare the fingerprint.")
        {
            path, json,
        };
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            input.GetValue(json),
            output => RunAsync(output, input.GetRequiredValue(path), cancellationToken),
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CommandOutput output, string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        try
        {
            var outline = await BundleOutline.ReadAsync(file, cancellationToken);
            if (!outline.IsSignedWith(outline.Header.SenderKey.ToByteArray()))
            {
                throw BundleFailure.Tampered(outline.Header.Sender, "the signature isn't its sender's");
            }

            var report = BundleReport.Of(path, outline.Length, outline.Header, outline.Footer) with
            {
                Fingerprint = KeyFingerprint.Of(outline.Header.SenderKey.Span),
            };
            output.Result(report, report.Lines());
            return ExitCode.Ok;
        }
        catch (ExchangeException exception)
        {
            throw new CommandException(ExitCode.Failed, $"{path}: {exception.Message}", exception);
        }
    }
}
