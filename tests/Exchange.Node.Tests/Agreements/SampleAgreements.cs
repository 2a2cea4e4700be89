using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Tests.Agreements;

/// <summary>Agreements as offices would make them, from the default profiles.</summary>
internal static class SampleAgreements
{
    public const string Region = "zhaotong";
    public const string Town = "dongguan";
    public const string Hub = "yunnan";

    private static readonly RecordKinds Kinds = new();

    /// <summary>Between a sending region and a city, for 2026.</summary>
    public static Agreement City(uint version = 1) => Between(
        Region,
        Town,
        version,
        AgreementProfiles.ToCity(Region, Town, Kinds),
        AgreementProfiles.FromCity(Town, Region, Kinds));

    /// <summary>
    /// The same with a second purpose: for the insurance of referred workers the name crosses whole, and the clerk's note.
    /// </summary>
    public static Agreement Insured(uint version = 1)
    {
        var agreement = City(version);
        var insurance = new AgreementFlow { FromNode = Region, ToNode = Town, Profile = "insurance", Purpose = "insurance" };
        insurance.Kinds.Add(new KindRule
        {
            Kind = "worker",
            Gate = Gate.NamedInPlacement,
            Fields =
            {
                new FieldRule { Number = Worker.NameFieldNumber },
                new FieldRule
                {
                    Number = Worker.BirthDateFieldNumber,
                    Fields = { new FieldRule { Number = Date.MonthFieldNumber } },
                },
            },
        });
        insurance.Kinds.Add(new KindRule
        {
            Kind = "placement_event",
            Gate = Gate.Party,
            Fields = { AgreementProfiles.AllFields(PlacementEvent.Descriptor) },
        });
        agreement.Flows.Add(insurance);
        return agreement;
    }

    /// <summary>Between a prefecture and its province, for 2026.</summary>
    public static Agreement Province(uint version = 1) =>
        Between(Region, Hub, version, AgreementProfiles.ToProvince(Region, Hub, Kinds));

    /// <summary>Between a prefecture and its province, which passes on to the city, and from it.</summary>
    public static Agreement Prefecture(uint version = 1)
    {
        var up = AgreementProfiles.ToProvince(Region, Hub, Kinds);
        var down = AgreementProfiles.FromCity(Hub, Region, Kinds);
        up.MayPassOnTo.Add(Town);
        down.PassesOnFrom.Add(Town);
        return Between(Region, Hub, version, up, down);
    }

    /// <summary>Between the province and the city: what the prefecture gives is passed on, and what the city does.</summary>
    public static Agreement HubCity(uint version = 1)
    {
        var there = AgreementProfiles.ToCity(Hub, Town, Kinds);
        var back = AgreementProfiles.FromCity(Town, Hub, Kinds);
        there.PassesOnFrom.Add(Region);
        back.MayPassOnTo.Add(Region);

        // The hub is no party of what it passes on.
        back.Kinds.Single(kind => kind.Kind == "placement_event").Gate = Gate.All;
        return Between(Hub, Town, version, there, back);
    }

    /// <summary>Between a city, which gives its vacancies, and a province, for 2026.</summary>
    public static Agreement Market(uint version = 1) =>
        Between(Town, Hub, version, AgreementProfiles.FromCity(Town, Hub, Kinds));

    /// <summary>The terms of <see cref="City"/> as a person drafts them: without version, names and keys.</summary>
    public static Agreement Draft()
    {
        var draft = City();
        draft.Version = 0;
        foreach (var party in draft.Parties)
        {
            party.Name = "";
        }

        return draft;
    }

    /// <summary>A next version that lets the worker's phone number flow no longer.</summary>
    public static Agreement Narrower(int month, int day)
    {
        var draft = Draft();
        var worker = draft.Flows[0].Kinds.Single(kind => kind.Kind == "worker");
        worker.Fields.Remove(worker.Fields.Single(field => field.Number == Worker.PhoneFieldNumber));
        draft.ValidFromDate = new Date { Year = 2026, Month = month, Day = day };
        return draft;
    }

    private static Agreement Between(string one, string other, uint version, params AgreementFlow[] flows) => new()
    {
        Id = $"{one}-{other}",
        Version = version,
        Parties = { new AgreementParty { Node = one, Name = one }, new AgreementParty { Node = other, Name = other } },
        Flows = { flows },
        ValidFromDate = new Date { Year = 2026, Month = 1, Day = 1 },
        ValidToDate = new Date { Year = 2026, Month = 12, Day = 31 },
        Title = "劳务协作协议",
    };
}
