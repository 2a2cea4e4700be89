using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Cli.Publishing;
using Exchange.Node.Records;
using Exchange.V1;
using FileOptions = Exchange.Cli.Publishing.FileOptions;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange import</c></summary>
internal static class ImportCommand
{
    private const string Publisher = "import";

    public static Command Create(CommandEnvironment environment)
    {
        var path = new Argument<string?>("file")
        {
            Description = "The CSV file in UTF-8; - reads standard input. Left out with --undo.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var undo = new Option<string?>("--undo")
        {
            Description = "Take this batch back instead: delete what it created, restore what it changed, leave alone "
                + "what was changed again since. Possible for 35 days.",
            HelpName = "BATCH",
        };
        var batch = new Option<string?>("--batch")
        {
            Description = "Go on with a batch that was broken off. Default: a new batch number.",
            HelpName = "BATCH",
        };
        var command = new Command(
            "import",
            "Imports the records of a file as a batch that can be taken back. Of a record that is there already only "
            + "the fields that the profile maps are replaced.")
        {
            path, undo, batch,
        };
        var basis = LegalBasisOptions.AddTo(command);
        var options = FileOptions.AddTo(command);
        command.SetAction((input, cancellationToken) => Running.RunAsync(
            environment,
            options.Client.Read(input),
            (output, node) => (input.GetValue(path), input.GetValue(undo)) switch
            {
                (null, { } taken) => UndoAsync(output, node, taken, options.IsDryRun(input), cancellationToken),
                ({ } file, null) => RunAsync(
                    output,
                    node,
                    new Work(
                        options.Open(input, file, environment.OpenInput),
                        input.GetValue(batch) ?? NewBatch(output.Time),
                        basis.Read(input),
                        options.IsDryRun(input),
                        options.Patience(input)),
                    cancellationToken),
                _ => throw new CommandException(ExitCode.Usage, "Name a file to import, or a batch to take back with "
                    + "--undo; not both."),
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CommandOutput output, NodeConnection node, Work work, CancellationToken cancellationToken)
    {
        // Said first: whoever breaks the import off needs the number to go on or to take it back.
        output.Tell(work.DryRun ? "Dry run: nothing is written." : $"Batch {work.Batch}");
        if (work.Basis is null && new RecordKinds().Find(work.File.Profile.Kind) is { IsPersonal: true })
        {
            output.Tell("No --legal-basis is given: the records are kept, and never sent to a partner.");
        }

        var open = new OpenStream { Publisher = Publisher, Stream = work.Batch, Undoable = true };
        var pump = new PutPump(
            stop => work.DryRun ? new CheckOnlyCall(node.Records) : new RecordPutCall(node.Records, stop),
            open,
            work.Patience,
            output.Time);
        using var run = new FileRun(work.File, open, work.Basis, work.File.Profile.UpdateMask, work.DryRun);
        var report = await run.RunAsync(output, pump, cancellationToken);
        output.Result(report, [.. report.Lines(), .. work.DryRun ? [] : new[] { "Take it back with: exchange import "
            + $"--undo {work.Batch}" }]);
        return report.Rejected > 0 ? ExitCode.RejectsPresent : ExitCode.Ok;
    }

    private static async Task<int> UndoAsync(
        CommandOutput output, NodeConnection node, string batch, bool dryRun, CancellationToken cancellationToken)
    {
        var request = new UndoStreamRequest { Publisher = Publisher, Stream = batch, ValidateOnly = dryRun };
        var undone = await node.Records.UndoStreamAsync(request, cancellationToken: cancellationToken);
        output.Result(
            new
            {
                batch,
                dryRun,
                deleted = undone.DeletedCount,
                restored = undone.RestoredCount,
                kept = undone.KeptCount,
            },
            $"{(dryRun ? "Would take back" : "Took back")} batch {batch}: "
            + $"{undone.DeletedCount:N0} records deleted, {undone.RestoredCount:N0} as they were before, "
            + $"{undone.KeptCount:N0} left alone because they were changed since.");
        return ExitCode.Ok;
    }

    // The day and time in the bureau's own zone, as a clerk would look for it; the end tells apart two of one second.
    private static string NewBatch(TimeProvider time)
    {
        var local = TimeZoneInfo.ConvertTime(time.GetUtcNow(), NodeIdentity.TimeZone);
        return local.ToString("yyyyMMdd-HHmmss-", CultureInfo.InvariantCulture)
            + RandomNumberGenerator.GetHexString(4, lowercase: true);
    }

    private sealed record Work(SourceFile File, string Batch, LegalBasis? Basis, bool DryRun, TimeSpan Patience);
}
