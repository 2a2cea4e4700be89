using System.CommandLine;
using Exchange.Cli.Bundles;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange bundle export</c></summary>
internal static class BundleExportCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var peer = new Argument<string>("peer") { Description = "The partner's node id." };
        var path = new Option<string>("--out")
        {
            Description = "Where to write the bundle. A file of that name must not be there yet.",
            HelpName = "FILE",
            Required = true,
        };
        var fromStart = new Option<bool>("--from-start")
        {
            Description = "Everything, whatever the partner has confirmed: for a partner that was told of a gap.",
        };
        var command = new Command(
            "export",
            "Writes what a session would give to a partner now, and what was in earlier bundles and isn't confirmed.")
        {
            peer, path, fromStart,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) => RunAsync(
                output,
                node,
                new ExportBundleRequest { Peer = input.GetRequiredValue(peer), FromStart = input.GetValue(fromStart) },
                input.GetRequiredValue(path),
                cancellationToken));
    }

    private static async Task<int> RunAsync(
        CommandOutput output,
        NodeConnection node,
        ExportBundleRequest request,
        string path,
        CancellationToken cancellationToken)
    {
        using var file = new BundleFile(path);
        using var call = node.Bundles.ExportBundle(request, cancellationToken: cancellationToken);
        BundleHeader? header = null;
        BundleFooter? footer = null;
        using (var progress = output.Progress("Changes"))
        {
            for (var changes = 0ul; await call.ResponseStream.MoveNext(cancellationToken);)
            {
                var piece = call.ResponseStream.Current;
                await file.WriteAsync(piece.Data.Memory, cancellationToken);
                (header, footer) = (header ?? piece.Header, footer ?? piece.Footer);
                progress.Add((long)(piece.Changes - changes));
                changes = piece.Changes;
            }
        }

        if (header is null || footer is null)
        {
            throw new CommandException(ExitCode.Failed, "The node ended before the bundle was complete.");
        }

        var bytes = file.Keep();
        var report = BundleReport.Of(path, bytes, header, footer);
        output.Result(
            report,
            $"{path} is bundle {header.Number} for {header.Recipient}: {footer.Changes:N0} changes, {bytes:N0} bytes.",
            $"Nothing of it is confirmed before {header.Recipient} answers: import the file that "
            + "'exchange bundle import --answer' writes there, or sync.");
        return ExitCode.Ok;
    }
}
