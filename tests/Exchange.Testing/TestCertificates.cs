using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Exchange.Node.Hosting;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using DataDirectory = Exchange.Node.Hosting.DataDirectory;

namespace Exchange.Testing;

/// <summary>
/// The certificates of test nodes: one for each id in this process, good from 2000 to 2100, and pinned by every test node
/// from its start on, so that a test which isn't about certificates needn't know of them.
/// </summary>
/// <param name="Certificate">In PEM.</param>
/// <param name="Key">In PEM.</param>
internal sealed record TestCertificates(string Certificate, string Key)
{
    private static readonly DateTimeOffset Begin = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ConcurrentDictionary<string, TestCertificates> Known = new(StringComparer.Ordinal);

    // Nodes of tests that call each other without a line in the configuration.
    private static readonly string[] Always = ["zhaotong", "dongguan", "yunnan", "greater-bay", "bijie"];

    /// <summary>That of a node.</summary>
    public static TestCertificates Of(string id) => Known.GetOrAdd(id, Make);

    /// <summary>What a node has pinned when it starts: the partners of its lines, and those that often call.</summary>
    public static IReadOnlyList<EntryWrite> Pins(string id, IEnumerable<NodeInitPeer> peers, TimeProvider time) =>
    [
        .. Always.Concat(peers.Select(peer => peer.Node))
            .Distinct(StringComparer.Ordinal)
            .Where(node => node != id)
            .Select(node => Pin(node, time)),
    ];

    /// <summary>What a caller shows.</summary>
    public SslStreamCertificateContext Context() => SslStreamCertificateContext.Create(
        X509Certificate2.CreateFromPem(Certificate, Key), null, offline: true);

    /// <summary>Puts them where a node expects its own.</summary>
    public void Put(DataDirectory data) => new ListenOptions().FilesIn(data).Write(Certificate, Key);

    private static EntryWrite Pin(string node, TimeProvider time)
    {
        using var certificate = X509Certificate2.CreateFromPem(Of(node).Certificate);
        var card = new PeerCard { Node = node, Certificate = ByteString.CopyFrom(certificate.RawData) };
        var pin = PeerPins.RowOf(card, PinOrigin.Card, time.GetUtcNow());

        // As if it had been shown: what is first seen is a commit of its own.
        pin.FirstUseTime = pin.PinTime;
        return PeerPins.Write(pin);
    }

    private static TestCertificates Make(string id)
    {
        var key = TlsMaker.NewKey();
        return new TestCertificates(TlsMaker.SelfMade(key, id, "localhost", Begin, TimeSpan.FromDays(36_525)), key);
    }
}
