using System.Security.Cryptography;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Type;

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
        var (sender, receiver) = peer.Role == Sending ? (node, peer.Node) : (peer.Node, node);
        var kinds = new RecordKinds();
        var today = NodeIdentity.Today(time);
        var agreement = new Agreement
        {
            Id = $"{sender}-{receiver}",
            Version = 1,
            Parties =
            {
                new AgreementParty { Node = sender, Name = sender },
                new AgreementParty { Node = receiver, Name = receiver },
            },
            ValidFromDate = new Date { Year = today.Year, Month = today.Month, Day = today.Day },
        };
        agreement.Flows.AddRange(peer.Profile == AgreementProfiles.Province
            ? [AgreementProfiles.ToProvince(sender, receiver, kinds)]
            : [AgreementProfiles.ToCity(sender, receiver, kinds), AgreementProfiles.FromCity(receiver, sender, kinds)]);
        return AgreementFile.Format(agreement);
    }

    /// <summary>A new digest key in base64.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyLength)) + "\n";
}
