using System.Diagnostics.CodeAnalysis;
using Exchange.Node.Agreements;
using Exchange.Node.Records;

namespace Exchange.Node.Sync;

/// <summary>The configured partners, by node id. Read once, when the node starts.</summary>
internal sealed class SyncPeers
{
    private const int MinKeyLength = 32;

    private readonly Dictionary<string, SyncPeer> _peers;

    public SyncPeers(IEnumerable<SyncPeer> peers)
    {
        _peers = peers.ToDictionary(peer => peer.Node, StringComparer.Ordinal);
        All = [.. _peers.Values.OrderBy(peer => peer.Node, StringComparer.Ordinal)];
    }

    /// <summary>All of them, by node id.</summary>
    public IReadOnlyList<SyncPeer> All { get; }

    public bool TryFind(string node, [NotNullWhen(true)] out SyncPeer? peer) => _peers.TryGetValue(node, out peer);

    /// <summary>The partner of that id, which the caller knows to be one.</summary>
    public SyncPeer this[string node] => _peers[node];

    /// <summary>Reads the partners' agreements and keys.</summary>
    /// <param name="options">The configuration, found valid.</param>
    /// <param name="identity">This node, which must be a party of every agreement.</param>
    /// <param name="kinds">The kinds whose fields are known.</param>
    /// <param name="resolve">Turns a path of the configuration into one that can be opened.</param>
    /// <exception cref="AgreementException">A file can't be used; every reason is named.</exception>
    public static SyncPeers Load(
        SyncOptions options, NodeIdentity identity, RecordKinds kinds, Func<string, string> resolve) =>
        new(options.Peers.Select(peer => new SyncPeer(
            peer,
            LoadTerms(resolve(peer.AgreementFile), peer.Node, identity, kinds),
            peer.NextAgreementFile is { Length: > 0 } next
                ? LoadTerms(resolve(next), peer.Node, identity, kinds)
                : null,
            LoadKey(resolve(peer.DigestKeyFile)))));

    private static AgreementTerms LoadTerms(string path, string peer, NodeIdentity identity, RecordKinds kinds)
    {
        var terms = AgreementFile.Load(path, kinds);
        if (terms.PartnerOf(identity.Id) == peer)
        {
            return terms;
        }

        var parties = string.Join("' and '", terms.Agreement.Parties.Select(party => party.Node));
        throw new AgreementException(
            path, [new("parties", $"It is between '{parties}', not between '{identity.Id}' and '{peer}'.")]);
    }

    private static ReadOnlyMemory<byte> LoadKey(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgreementException(path, [new FieldViolation("", exception.Message)]);
        }

        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) && length >= MinKeyLength
            ? key.AsMemory(0, length)
            : throw new AgreementException(
                path, [new FieldViolation("", $"A digest key has at least {MinKeyLength} bytes, in base64.")]);
    }
}
