using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Testing;
using Exchange.V1;

namespace Exchange.Benchmarks.Syncing;

/// <summary>Data directories of nodes that have agreements with one another, below one temporary folder.</summary>
internal sealed class SyncSite : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public DataDirectory Data(string node) => new(Path.Combine(_directory.Path, node));

    /// <summary>Makes a node that serves on a free port.</summary>
    public void Init(string node, params NodeInitPeer[] peers) => NodeInit.Create(
        Data(node), new NodeInitRequest(node, "", "http://127.0.0.1:0", TestNode: true, "sqlite", peers));

    /// <summary>Returns both sides of an agreement between two nodes.</summary>
    /// <param name="caller">The node that calls.</param>
    /// <param name="called">The node that is called.</param>
    /// <param name="flows">What flows.</param>
    public SyncPact Agree(string caller, string called, params AgreementFlow[] flows)
    {
        var agreement = new Agreement
        {
            Id = $"{caller}-{called}",
            Version = 1,
            Parties = { new AgreementParty { Node = caller }, new AgreementParty { Node = called } },
            Flows = { flows },
            ValidFromDate = new Google.Type.Date { Year = 2026, Month = 1, Day = 1 },
        };
        var file = Path.Combine(_directory.Path, agreement.Id + ".json");
        var key = Path.Combine(_directory.Path, agreement.Id + ".key");
        File.WriteAllText(file, AgreementFile.Format(agreement));
        File.WriteAllText(key, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        return new SyncPact(
            (address, mode) => new NodeInitPeer(called, address, file, key, mode),
            new NodeInitPeer(caller, null, file, key, "passive"));
    }

    public void Dispose() => _directory.Dispose();
}

/// <summary>The two sides of an agreement as the nodes' configurations have them.</summary>
/// <param name="Caller">What the calling node says of the other: its address, and when it calls.</param>
/// <param name="Called">What the node that is called says of the other.</param>
internal sealed record SyncPact(Func<string, string, NodeInitPeer> Caller, NodeInitPeer Called);
