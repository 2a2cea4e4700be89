using System.CommandLine;
using Exchange.Cli.Agreements;
using Exchange.Cli.Client;
using Exchange.Cli.Output;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.Commands;

/// <summary><c>exchange access</c></summary>
internal static class AccessCommand
{
    public static Command Create(CommandEnvironment environment) =>
        new("access", "Gives local systems and persons the credentials by which they call this node, and takes them "
            + "back.")
        {
            CreateOne(environment),
            List(environment),
            Revoke(environment),
        };

    private static Command CreateOne(CommandEnvironment environment)
    {
        var name = new Argument<string>("name") { Description = "What to call it: a-z, 0-9 and -. Never used twice." };
        var roles = EnumOption.Many<Role>("--role", "What it is for.");
        roles.Required = true;
        var divisions = Many("--division", "A division that it reaches, with all below. Default: everywhere.", "CODE");
        var kinds = Many("--kind", "A kind that it reaches, such as vacancy. Default: all.", "KIND");
        var sources = Many("--source", "For a publisher: a name to publish under. Default: its own.", "NAME");
        var until = DayOption.New("--until", "Its last day, at most two years away. Default: in a year.");
        var certificate = new Option<string?>("--client-certificate")
        {
            Description = "File with the client certificate (PEM) that the system shows; no token is made then.",
            HelpName = "FILE",
        };
        var tokenOut = new Option<string?>("--out")
        {
            Description = "Write the token to a new file that only you may read, and not to the screen.",
            HelpName = "FILE",
        };
        var command = new Command(
            "create", "Makes a credential. Its token is shown this once, and kept here as a hash only.")
        {
            name, roles, divisions, kinds, sources, until, certificate, tokenOut,
        };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var credential = new Credential
            {
                Name = input.GetRequiredValue(name),
                Roles = { input.GetRequiredValue(roles) },
                DivisionCodes = { input.GetValue(divisions) ?? [] },
                Kinds = { input.GetValue(kinds) ?? [] },
                Sources = { input.GetValue(sources) ?? [] },
                ExpireTime = EndOf(DayOption.Read(input, until)),
            };
            var request = new CreateCredentialRequest { Credential = credential };
            if (input.GetValue(certificate) is { } file)
            {
                request.CertificatePem = await File.ReadAllTextAsync(file, cancellationToken);
            }

            // Before there is anything to write: a token that can't be kept must not be made.
            using var kept = input.GetValue(tokenOut) is { } path ? new StreamWriter(PrivateFile.Create(path)) : null;
            var made = await node.Access.CreateCredentialAsync(request, cancellationToken: cancellationToken);
            var report = CredentialReport.From(made.Credential);
            kept?.WriteLine(made.Token);
            var token = kept is null ? made.Token : "";
            output.Result(
                new { credential = report, token }, token.Length == 0 ? [report.Line()] : [report.Line(), token]);
        });
    }

    private static Command List(CommandEnvironment environment)
    {
        var all = new Option<bool>("--all") { Description = "Also those that have expired or were revoked." };
        var command = new Command("list", "Lists the credentials; tokens aren't kept and can't be shown.") { all };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new ListCredentialsRequest { IncludeEnded = input.GetValue(all) };
            var found = await node.Access.ListCredentialsAsync(request, cancellationToken: cancellationToken);
            var reports = found.Credentials.Select(CredentialReport.From).ToList();
            output.Result(new { credentials = reports }, reports.Select(report => report.Line()));
        });
    }

    private static Command Revoke(CommandEnvironment environment)
    {
        var name = new Argument<string>("name") { Description = "The credential, as listed." };
        var command = new Command(
            "revoke", "Makes a credential good for nothing, for ever; what it has open ends within seconds.") { name };
        return command.OnNode(environment, async (input, output, node, cancellationToken) =>
        {
            var request = new RevokeCredentialRequest { Name = input.GetRequiredValue(name) };
            var done = await node.Access.RevokeCredentialAsync(request, cancellationToken: cancellationToken);
            var report = CredentialReport.From(done.Credential);
            output.Result(report, report.Line());
        });
    }

    // A last day counts whole, where the node's days are.
    private static Timestamp? EndOf(Google.Type.Date? day) => day is null
        ? null
        : new DateTimeOffset(day.Year, day.Month, day.Day, 0, 0, 0, TimeSpan.FromHours(8)).AddDays(1).ToTimestamp();

    private static Option<string[]> Many(string name, string description, string value) => new(name)
    {
        Description = $"{description} May be given several times.",
        HelpName = value,
        AllowMultipleArgumentsPerToken = true,
    };
}
