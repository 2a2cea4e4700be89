using Exchange.Node.Agreements;
using Exchange.Node.Records;

namespace Exchange.Node.Sync;

/// <summary>
/// Partners whose agreement the configuration names as a file, trusted because it stands there. One that both have
/// signed takes its place.
/// </summary>
internal static class ConfiguredPeers
{
    private const int MinKeyLength = 32;

    /// <summary>Reads the partners' agreements and keys.</summary>
    /// <param name="options">The configuration, found valid.</param>
    /// <param name="identity">This node, which must be a party of every agreement.</param>
    /// <param name="kinds">The kinds whose fields are known.</param>
    /// <param name="resolve">Turns a path of the configuration into one that can be opened.</param>
    /// <exception cref="AgreementException">A file can't be used; every reason is named.</exception>
    public static IReadOnlyDictionary<string, SyncPeer> Load(
        SyncOptions options, NodeIdentity identity, RecordKinds kinds, Func<string, string> resolve) =>
        options.Peers.Where(peer => peer.AgreementFile.Length > 0).ToDictionary(
            peer => peer.Node,
            peer => new SyncPeer(
                peer,
                [
                    .. new[] { peer.AgreementFile, peer.NextAgreementFile }.Where(path => path is { Length: > 0 })
                        .Select(path => LoadTerms(resolve(path!), peer.Node, identity, kinds)),
                ],
                LoadKey(resolve(peer.DigestKeyFile))),
            StringComparer.Ordinal);

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
