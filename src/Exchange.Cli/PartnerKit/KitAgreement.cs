using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.PartnerKit;

/// <summary>
/// What the test node and the partner agree on. The test node gives persons that aren't any, events about them and a
/// kind
/// that nobody knows; the partner gives the vacancies and employers that it has.
/// </summary>
internal static class KitAgreement
{
    /// <summary>The kind that no node knows.</summary>
    public const string UnknownKind = "check_note";

    /// <summary>A field that no version of a worker has.</summary>
    public const int UnknownField = 5000;

    /// <summary>What the data of the checks may be used for.</summary>
    public const string Purpose = "check";

    /// <summary>Makes a version.</summary>
    public static Agreement Make(AgreementParty checker, AgreementParty partner, uint version, DateOnly from) => new()
    {
        Id = $"{checker.Node}-{partner.Node}",
        Version = version,
        Parties = { checker, partner },
        Flows = { Given(checker.Node, partner.Node), Taken(partner.Node, checker.Node) },
        ValidFromDate = DateRules.ToDate(from),
        Title = "Test of compatibility; no real data.",
    };

    private static AgreementFlow Given(string from, string to)
    {
        var worker = Rule("worker", AgreementProfiles.AllFields(Worker.Descriptor));
        worker.Fields.Add(new FieldRule { Number = UnknownField });
        return new AgreementFlow
        {
            FromNode = from,
            ToNode = to,
            Profile = Purpose,
            Purpose = Purpose,
            Kinds =
            {
                worker,
                Rule("placement_event", AgreementProfiles.AllFields(PlacementEvent.Descriptor)),
                Rule(UnknownKind, [new FieldRule { Number = 1 }]),
            },
        };
    }

    private static AgreementFlow Taken(string from, string to) => new()
    {
        FromNode = from,
        ToNode = to,
        Profile = Purpose,
        Purpose = Purpose,
        Kinds =
        {
            Rule("employer", AgreementProfiles.AllFields(Employer.Descriptor)),
            Rule("vacancy", AgreementProfiles.AllFields(Vacancy.Descriptor)),
        },
    };

    private static KindRule Rule(string kind, IEnumerable<FieldRule> fields)
    {
        var rule = new KindRule { Kind = kind, Gate = Gate.All };
        rule.Fields.AddRange(fields);
        return rule;
    }
}
