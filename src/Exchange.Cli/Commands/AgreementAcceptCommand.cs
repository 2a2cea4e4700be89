using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange agreement accept</c></summary>
internal static class AgreementAcceptCommand
{
    public static Command Create(CommandEnvironment environment)
    {
        var what = new Argument<string>("what")
        {
            Description = "The file that came from the partner, or the id of an offer that came over the line.",
        };
        var fingerprint = AgreementCommand.NewFingerprint();
        var path = AgreementCommand.NewOut("Where to write what both have signed, to be brought back to the partner.");
        var command = new Command(
            "accept", "Signs what the partner proposed, or takes the partner's signature on what this node proposed. "
            + "Read it first: exchange agreement show FILE.")
        {
            what, fingerprint, path,
        };
        return command.OnNode(
            environment,
            (input, output, node, cancellationToken) => RunAsync(
                output,
                node,
                Request(input.GetRequiredValue(what), input.GetValue(fingerprint)),
                input.GetValue(path),
                cancellationToken));
    }

    private static AcceptAgreementRequest Request(string what, string? fingerprint) => new()
    {
        Signed = File.Exists(what) ? AgreementFiles.ReadSigned(what) : null,
        Id = File.Exists(what) ? "" : what,
        PartnerFingerprint = fingerprint ?? "",
    };

    private static async Task<int> RunAsync(
        CommandOutput output,
        NodeConnection node,
        AcceptAgreementRequest request,
        string? path,
        CancellationToken cancellationToken)
    {
        var entry = (await node.Agreements.AcceptAgreementAsync(request, cancellationToken: cancellationToken)).Entry;
        return AgreementCommand.Tell(
            output, entry, path, path is null ? [] : [$"Bring {path} back to the partner, unless it came from there "
                + "signed by both. There: exchange agreement accept FILE"]);
    }
}
