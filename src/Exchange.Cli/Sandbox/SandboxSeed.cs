using Exchange.Cli.Generating;
using Exchange.Cli.Output;
using Exchange.Node.Generate;
using Exchange.V1;

namespace Exchange.Cli.Sandbox;

/// <summary>What a new sandbox holds, and who may call it. No person in it is a real one.</summary>
internal static class SandboxSeed
{
    private const ulong Seed = 1;
    private const int Workers = 300;
    private const int Vacancies = 100;

    // The names under which the samples of the clients publish.
    private static readonly string[] Samples = ["dongguan-hr", "walkthrough"];

    private static readonly Role[] Roles = [Role.Reader, Role.Publisher, Role.Desk, Role.Auditor, Role.Admin];

    /// <summary>Fills both nodes.</summary>
    public static async Task FillAsync(CommandOutput output, SandboxSite site, CancellationToken cancellationToken)
    {
        var people = new RecordGenerator(new GeneratorOptions { Workers = Workers, Vacancies = 0, Seed = Seed });
        var put = new GeneratedPut(output, site.RegionNode.Node, Seed);
        await put.RunAsync("people", people.SendingSide(), cancellationToken);
        var market = new RecordGenerator(new GeneratorOptions { Workers = 0, Vacancies = Vacancies, Seed = Seed });
        put = new GeneratedPut(output, site.CityNode.Node, Seed);
        var records = market.ReceivingSide();
        await put.RunAsync("employers", records.Where(record => record.Kind == "employer"), cancellationToken);
        await put.PublishAsync("vacancies", records.Where(record => record.Kind == "vacancy"), cancellationToken);
    }

    /// <summary>Makes a token for each role; they are shown this once.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> TokensAsync(
        SandboxSite site, CancellationToken cancellationToken)
    {
        var tokens = new Dictionary<string, string>();
        foreach (var role in Roles)
        {
            var name = role.ToString().ToLowerInvariant();
            var credential = new Credential { Name = $"sandbox-{name}", Roles = { role } };
            credential.Sources.AddRange(role == Role.Publisher ? Samples : []);
            var made = await site.CityNode.Node.Access.CreateCredentialAsync(
                new CreateCredentialRequest { Credential = credential }, cancellationToken: cancellationToken);
            tokens[name] = made.Token;
        }

        return tokens;
    }
}
