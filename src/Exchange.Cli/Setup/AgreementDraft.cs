using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Setup;

/// <summary>Makes the first version of an agreement from a profile, and the key that digests are made with.</summary>
internal static class AgreementDraft
{
    public const string Sending = "sending";
    public const string Receiving = "receiving";

    private const int KeyLength = 32;

    public static string[] Profiles => [AgreementProfiles.Province, AgreementProfiles.City];

    /// <summary>The agreement in JSON, valid from today on without an end.</summary>
    public static string Write(string node, FirstPeer peer, TimeProvider time)
    {
        var agreement = Make(node, peer.Node, peer.Profile!, peer.Role!);
        agreement.Version = 1;
        foreach (var party in agreement.Parties)
        {
            party.Name = party.Node;
        }

        agreement.ValidFromDate = VersionDraft.DateOf(NodeIdentity.Today(time));
        return AgreementFile.Format(agreement);
    }

    /// <summary>
    /// The terms of a profile, without version, days, names and keys. The sending side's flow is the first.
    /// </summary>
    public static Agreement Make(string node, string peer, string profile, string role)
    {
        var (sender, receiver) = role == Sending ? (node, peer) : (peer, node);
        var kinds = new RecordKinds();
        var agreement = new Agreement
        {
            Id = $"{sender}-{receiver}",
            Parties = { new AgreementParty { Node = sender }, new AgreementParty { Node = receiver } },
        };
        agreement.Flows.AddRange(profile == AgreementProfiles.Province
            ? [AgreementProfiles.ToProvince(sender, receiver, kinds)]
            : [AgreementProfiles.ToCity(sender, receiver, kinds), AgreementProfiles.FromCity(receiver, sender, kinds)]);
        return agreement;
    }

    /// <summary>A new digest key in base64.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)) + "\n";
}
