using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Agreements;

/// <summary>Makes of what a person asks for the terms that are signed.</summary>
internal static class VersionDraft
{
    /// <summary>Fills in the version, and of each party the name and key that were left out.</summary>
    public static Agreement Complete(
        Agreement draft, AgreementVersions versions, NodeIdentity identity, NodeKeys keys, AgreementParty? card)
    {
        // What this version doesn't know can't be meant by a person here.
        var agreement = Agreement.Parser.WithDiscardUnknownFields(true).ParseFrom(draft.ToByteString());
        var newest = versions.Newest;
        agreement.Version = agreement.Version == 0 ? (newest?.Version ?? 0) + 1 : agreement.Version;
        foreach (var party in agreement.Parties)
        {
            if (party.Node == identity.Id)
            {
                Fill(party, identity.Name, ByteString.CopyFrom(keys.PublicKey));
            }
            else if (card is not null && card.Node == party.Node)
            {
                Fill(party, card.Name, card.PublicKey);
            }

            if (newest?.Terms.Party(party.Node) is { } before)
            {
                Fill(party, before.Name, before.PublicKey);
            }
        }

        return agreement;
    }

    /// <summary>The next version of an agreement, which says the same and has a last day.</summary>
    public static Agreement Ending(AgreementTerms newest, DateOnly today, DateOnly last)
    {
        var agreement = newest.Agreement.Clone();
        agreement.Version++;
        agreement.ValidToDate = DateRules.ToDate(last);

        // Not before tomorrow if that can be, so that there is a day on which both versions are good.
        agreement.ValidFromDate = DateRules.ToDate(last > today ? today.AddDays(1) : today);
        return agreement;
    }

    private static void Fill(AgreementParty party, string name, ByteString key)
    {
        party.Name = party.Name.Length == 0 ? name : party.Name;
        party.PublicKey = party.PublicKey.IsEmpty ? key : party.PublicKey;
    }
}
