using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Agreements;

/// <summary>Makes the terms of a first version from a profile.</summary>
internal static class AgreementDraft
{
    public const string Sending = "sending";
    public const string Receiving = "receiving";

    public static string[] Profiles => [AgreementProfiles.Province, AgreementProfiles.City];

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
}
