using System.CommandLine;
using Exchange.Cli.Bundles;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange bundle import</c></summary>
internal static class BundleImportCommand
{
    private const int PieceLength = 1 << 18;

    public static Command Create(CommandEnvironment environment)
    {
        var path = new Argument<string>("file") { Description = "The bundle, or a partner's answer to one." };
        var answer = new Option<string?>("--answer")
        {
            Description = "Where to write the answer, which the sender imports. A file of that name must not be there "
                + "yet. Import the bundle once more to have it written later.",
            HelpName = "FILE",
        };
        var command = new Command(
            "import",
            "Takes in a bundle from a partner, or its answer. If anything is wrong with it, nothing changes; nor does "
            + "importing it twice change anything.")
        {
            path, answer,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) => RunAsync(
                output, node, input.GetRequiredValue(path), input.GetValue(answer), cancellationToken));
    }

    private static async Task<int> RunAsync(
        CommandOutput output, NodeConnection node, string path, string? answer, CancellationToken cancellationToken)
    {
        using var file = answer is null ? null : new BundleFile(answer);
        var done = await SendAsync(output, node, path, cancellationToken);
        if (file is not null && !done.Answer.IsEmpty)
        {
            await file.WriteAsync(done.Answer.Memory, cancellationToken);
            file.Keep();
        }

        var report = BundleImportReport.Of(path, done.Answer.IsEmpty ? null : answer, done);
        output.Result(report, report.Lines());
        if (done.Comparison != BundleComparison.Differs)
        {
            return ExitCode.Ok;
        }

        output.Tell(
            $"The digests of '{done.Header.Sender}' and this node differ, so one of them holds what the other doesn't "
            + "expect. A session finds out what, once there is a line.");
        return ExitCode.Failed;
    }

    private static async Task<ImportBundleResponse> SendAsync(
        CommandOutput output, NodeConnection node, string path, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(path);
        using var call = node.Bundles.ImportBundle(cancellationToken: cancellationToken);
        using var progress = output.Progress("Bytes");
        var buffer = new byte[PieceLength];
        try
        {
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                var piece = new ImportBundleRequest { Data = ByteString.CopyFrom(buffer, 0, read) };
                await call.RequestStream.WriteAsync(piece, cancellationToken);
                progress.Add(read);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception exception) when (exception is InvalidOperationException or RpcException or IOException)
        {
            // The node has ended the call already; why is its answer.
        }

        return await call.ResponseAsync;
    }
}
