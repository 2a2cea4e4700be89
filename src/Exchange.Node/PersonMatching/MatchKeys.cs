using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Node.Sync;
using Exchange.Node.Trust;

namespace Exchange.Node.PersonMatching;

/// <summary>
/// The keys under which two nodes make tokens of ID numbers for each other: one for each month, from the secret that
/// only they share. person_match_service.proto says how, for others who implement it.
/// </summary>
internal sealed class MatchKeys(NodeKeys keys, NodeIdentity node, TimeProvider time)
{
    /// <summary>The bytes of a token.</summary>
    public const int TokenLength = HMACSHA256.HashSizeInBytes;

    private const int MonthsAYear = 12;

    /// <summary>The number of this month's key.</summary>
    public uint Present
    {
        get
        {
            var today = NodeIdentity.Today(time);
            return (uint)((today.Year * MonthsAYear) + today.Month - 1);
        }
    }

    /// <summary>Whether a key is answered: this month's, and its neighbours, because clocks differ.</summary>
    public bool IsNear(uint number) => number + 1 >= Present && number <= Present + 1;

    /// <summary>A key shared with a partner.</summary>
    public byte[] Of(SyncPeer peer, uint number)
    {
        var party = peer.TermsOn(NodeIdentity.Today(time)).Party(peer.Node)!;
        string[] nodes = [node.Id, peer.Node];
        Array.Sort(nodes, StringComparer.Ordinal);
        var info = Encoding.ASCII.GetBytes($"exchange person match 1\n{nodes[0]}\n{nodes[1]}\n{number}");
        return keys.Share(party.PublicKey.Span, info);
    }

    /// <summary>The token of an ID number; null for one that is masked, missing or in no known form.</summary>
    public static byte[]? Token(byte[] key, string idNumber) =>
        IdNumber.Read(idNumber, out var read) == IdNumberFault.None
            ? HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(read.Normalised))
            : null;
}
