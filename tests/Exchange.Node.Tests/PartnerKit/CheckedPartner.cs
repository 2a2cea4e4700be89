using Exchange.Cli.Agreements;
using Exchange.Cli.PartnerKit;
using Exchange.Node.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Node.Trust;
using Exchange.Testing;
using Exchange.V1;
using Microsoft.Extensions.DependencyInjection;

namespace Exchange.Node.Tests.PartnerKit;

/// <summary>A node that a test node checks, over a real socket; what is wrong with it can be changed between two runs.</summary>
internal sealed class CheckedPartner : IAsyncDisposable
{
    private const string Partner = "dongguan";

    private readonly TemporaryDirectory _folder = new();
    private readonly TestNode _node;
    private readonly KitDirectory _directory;

    private CheckedPartner(TestNode node, Breakage breakage)
    {
        (_node, Breakage) = (node, breakage);
        _directory = new KitDirectory(KitPath);
    }

    /// <summary>What is wrong with it.</summary>
    public Breakage Breakage { get; }

    /// <summary>The test node that checks it.</summary>
    public KitIdentity Kit { get; private set; } = null!;

    /// <summary>Its own keys.</summary>
    public NodeKeys Keys => _node.Services.GetRequiredService<NodeKeys>();

    public string KitPath => Path.Combine(_folder.Path, "kit");

    public Uri Address => _node.Address;

    /// <summary>Starts it, with a vacancy to give, and has it accept what a new test node brings.</summary>
    public static async Task<CheckedPartner> StartAsync()
    {
        var breakage = new Breakage();
        var node = await TestNode.StartEmptyAsync(Partner, TimeProvider.System, breakage.Install);
        var partner = new CheckedPartner(node, breakage);
        await node.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        var card = (await node.Peers.GetPeerCardAsync(new GetPeerCardRequest())).Card;
        partner._directory.Create("check-partner", card, TimeProvider.System);
        partner.Kit = partner._directory.Read(TimeProvider.System);
        var fingerprint = KeyFingerprint.Of(partner.Kit.Keys.PublicKey);
        await node.Peers.AddPeerAsync(new AddPeerRequest
        {
            Card = AgreementFiles.ReadCard(partner._directory.CardFile),
            Fingerprint = fingerprint,
        });
        foreach (var file in new[] { partner._directory.AgreementFile, partner._directory.NextFile })
        {
            await node.Agreements.AcceptAgreementAsync(new AcceptAgreementRequest
            {
                Signed = AgreementFiles.ReadSigned(file),
                PartnerFingerprint = fingerprint,
            });
        }

        return partner;
    }

    /// <summary>Looks at some promises.</summary>
    public async Task<List<PromiseReport>> CheckAsync(IEnumerable<Promise> promises)
    {
        using var run = new KitRun(_directory, _node.Address, TimeSpan.FromSeconds(20), TimeProvider.System);
        return await run.RunAsync(promises, () => { }, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        Kit.Dispose();
        await _node.DisposeAsync();
        _folder.Dispose();
    }
}
