using Exchange.Node.Agreements;
using Exchange.Node.Hosting;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Benchmarks.Syncing;

/// <summary>Data directories of nodes that have agreements with one another, below one temporary folder.</summary>
internal sealed class SyncSite : IDisposable
{
    private const string AnyPort = "https://127.0.0.1:0";

    private readonly TemporaryDirectory _directory = new();

    public DataDirectory Data(string node) => new(Path.Combine(_directory.Path, node));

    /// <summary>Makes a node that serves on a free port.</summary>
    /// <param name="node">Its id.</param>
    /// <param name="mode">How it calls the partners; <see cref="NodeProcess"/> is told where they are.</param>
    /// <param name="called">The partners that it calls.</param>
    public void Init(string node, string mode = "passive", params string[] called) => NodeInit.Create(
        Data(node),
        new NodeInitRequest(
            node, "", AnyPort, TestNode: true, "sqlite", [.. called.Select(peer => new NodeInitPeer(peer, AnyPort, mode))]),
        TimeProvider.System);

    /// <summary>
    /// Puts an agreement between two nodes into both stores, signed by both: the processes that are measured have done
    /// nothing before. Neither may be running.
    /// </summary>
    public async Task AgreeAsync(string one, string other, params AgreementFlow[] flows)
    {
        using var keys = NodeKeys.Load(Data(one).Keys);
        using var others = NodeKeys.Load(Data(other).Keys);
        var agreement = new Agreement
        {
            Id = $"{one}-{other}",
            Version = 1,
            Parties = { Party(one, keys), Party(other, others) },
            Flows = { flows },
            ValidFromDate = new Google.Type.Date { Year = 2026, Month = 1, Day = 1 },
        };
        var bytes = agreement.ToByteString();
        var signed = new SignedAgreement
        {
            Agreement = bytes,
            Signatures =
            {
                AgreementSignatures.Sign(bytes, one, keys), AgreementSignatures.Sign(bytes, other, others),
            },
        };
        foreach (var node in new[] { one, other })
        {
            await using var store = await RecordStores.OpenAsync(
                new StoreOptions(Data(node).Store, node, "sqlite"), TimeProvider.System, CancellationToken.None);
            await new AgreementBook(store).WriteAsync(
                new AgreementEntry { Signed = signed }, standing: null, CancellationToken.None);
            var (partner, partnersKeys) = node == one ? (other, others) : (one, keys);
            await new PeerPins(store, TimeProvider.System).PinAsync(
                Card(partner, partnersKeys), PinOrigin.Card, CancellationToken.None);
        }
    }

    public void Dispose() => _directory.Dispose();

    private PeerCard Card(string node, NodeKeys keys) => PeerCards.Make(
        new NodeIdentity(node, node, TestNode: true),
        keys,
        TlsCertificate.Read(new ListenOptions().FilesIn(Data(node))).Leaf);

    private static AgreementParty Party(string node, NodeKeys keys) =>
        new() { Node = node, Name = node, PublicKey = ByteString.CopyFrom(keys.PublicKey) };
}
