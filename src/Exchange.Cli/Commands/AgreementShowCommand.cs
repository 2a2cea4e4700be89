using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement show</c></summary>
internal static class AgreementShowCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var what = new Argument<string?>("what")
        {
            Description = "The agreement's id, or a file that came from a partner. Left out: lists all versions.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var version = new Option<uint>("--version")
        {
            Description = "The version. Default: the one that holds today, else the newest.",
            HelpName = "N",
        };
        var draft = new Option<string?>("--draft")
        {
            Description = "Write the terms into a file, to be edited and proposed as the next version.",
            HelpName = "FILE",
        };
        var command = new Command(
            "show", "Shows who gives what to whom: fields by name, masks, gates, pairs, days, and whose signatures are "
            + "good.")
        {
            what, version, draft,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) => input.GetValue(what) switch
            {
                null => ListAsync(output, node, cancellationToken),
                var file when File.Exists(file) => Task.FromResult(ShowFile(output, file)),
                var id => ShowAsync(
                    output, node, id, input.GetValue(version), input.GetValue(draft), cancellationToken),
            });
    }

    private static async Task<int> ListAsync(
        CommandOutput output, NodeConnection node, CancellationToken cancellationToken)
    {
        var all = await node.Agreements.ListAgreementsAsync(
            new ListAgreementsRequest(), cancellationToken: cancellationToken);
        var reports = all.Entries.Select(AgreementReport.From).ToList();
        output.Result(
            reports,
            reports.Count == 0
                ? ["No agreement is held. Make one with: exchange agreement propose"]
                : reports.Select(report => $"{report.Id} version {report.Version}: {report.StateWords()}, from "
                    + $"{report.ValidFrom}{(report.ValidTo is { } end ? $" to {end}" : "")}"));
        return ExitCode.Ok;
    }

    private static async Task<int> ShowAsync(
        CommandOutput output,
        NodeConnection node,
        string id,
        uint version,
        string? draft,
        CancellationToken cancellationToken)
    {
        var answer = await node.Agreements.GetAgreementAsync(
            new GetAgreementRequest { Id = id, Version = version }, cancellationToken: cancellationToken);
        var agreement = answer.Entry.Agreement;
        if (draft is not null)
        {
            WriteDraft(draft, agreement);
        }

        var report = AgreementReport.From(answer.Entry);
        output.Result(report, AgreementText.Lines(report, agreement));
        return ExitCode.Ok;
    }

    private static int ShowFile(CommandOutput output, string file)
    {
        var signed = AgreementFiles.ReadSigned(file);
        var terms = AgreementReading.Parse(signed, new RecordKinds());
        var bad = AgreementSignatures.Check(signed, terms.Agreement).ToList();
        var good = signed.Signatures.Select(signature => signature.Node).Except(bad.Select(pair => pair.Node)).ToList();
        var report = AgreementReport.From(terms.Agreement, terms.Digest.Span, good);
        output.Result(report, AgreementText.Lines(report, terms.Agreement));
        foreach (var (node, detail) in bad)
        {
            output.Tell($"The signature of '{node}' is no good: {detail}.");
        }

        return bad.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    // What the next version says anew by itself: its number, and from when on it holds.
    private static void WriteDraft(string path, Agreement agreement)
    {
        var draft = agreement.Clone();
        draft.Version = 0;
        draft.ValidFromDate = null;
        foreach (var party in draft.Parties)
        {
            party.PublicKey = Google.Protobuf.ByteString.Empty;
        }

        AgreementFiles.Write(path, draft);
    }
}
