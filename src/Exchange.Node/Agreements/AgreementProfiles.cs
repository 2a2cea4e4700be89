using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.Reflection;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Agreements;

/// <summary>
/// The usual flows, written out field by field: an agreement made from them means the same on both nodes, whatever
/// version of the software either runs, and a field that a later version adds flows only once it is agreed.
/// </summary>
internal static class AgreementProfiles
{
    /// <summary>The profile of a full register.</summary>
    public const string Province = "province";

    /// <summary>The profile of what a receiving city needs, and of what it gives.</summary>
    public const string City = "city";

    private const string RegisterPurpose = "register";
    private const string PlacementPurpose = "placement";

    /// <summary>
    /// The full register: every field of every kind that may leave a node at all, from a prefecture to its province.
    /// </summary>
    public static AgreementFlow ToProvince(string prefecture, string province, RecordKinds kinds)
    {
        var flow = Flow(prefecture, province, Province, RegisterPurpose);
        flow.Kinds.AddRange(kinds.All.Where(kind => !kind.StaysHome)
            .Select(kind => Rule(kind.Name, Gate.All, AllFields(kind.Descriptor))));
        return flow;
    }

    /// <summary>
    /// What a city gets of a sending region: the workers that were referred to it, masked to what their placement
    /// needs, the events of those placements, the batches that they travel in, what they were paid (so that none pays
    /// twice) and the cases that are handed over, all without what clerks wrote freely. Beside them what tells who
    /// works with whom: pairings, labour agreements, stations; and the reports that were published.
    /// </summary>
    public static AgreementFlow ToCity(string region, string city, RecordKinds kinds)
    {
        var flow = Flow(region, city, City, PlacementPurpose);
        flow.Kinds.Add(Rule(KindOf(Worker.Descriptor, kinds), Gate.NamedInPlacement, ReferredWorker()));
        flow.Kinds.AddRange(Shared(kinds, Gate.Party, PlacementEvent.Descriptor));
        flow.Kinds.AddRange(Shared(
            kinds,
            Gate.All,
            Pairing.Descriptor,
            LabourAgreement.Descriptor,
            Station.Descriptor,
            PublishedReport.Descriptor));
        flow.Kinds.AddRange(Shared(kinds, Gate.Party, DispatchBatch.Descriptor, ManifestEntry.Descriptor));
        flow.Kinds.AddRange(Shared(kinds, Gate.Party, SubsidyPayment.Descriptor, CaseFile.Descriptor));
        return flow;
    }

    /// <summary>
    /// What a city gives: its employers, vacancies, bulletins, job fairs and reports whole, the quotas that it grants
    /// to the region, and the events of placements that it sees, with payments and cases of those workers.
    /// </summary>
    public static AgreementFlow FromCity(string city, string region, RecordKinds kinds)
    {
        var flow = Flow(city, region, City, PlacementPurpose);
        flow.Kinds.Add(Rule(KindOf(Employer.Descriptor, kinds), Gate.All, AllFields(Employer.Descriptor)));
        flow.Kinds.Add(Rule(KindOf(Vacancy.Descriptor, kinds), Gate.All, AllFields(Vacancy.Descriptor)));
        flow.Kinds.Add(Rule(KindOf(VacancyQuota.Descriptor, kinds), Gate.Party, AllFields(VacancyQuota.Descriptor)));
        flow.Kinds.Add(
            Rule(KindOf(PlacementEvent.Descriptor, kinds), Gate.Party, AllFields(PlacementEvent.Descriptor)));
        flow.Kinds.AddRange(Shared(
            kinds,
            Gate.All,
            VacancyBulletin.Descriptor,
            VacancyRoute.Descriptor,
            JobFair.Descriptor,
            PublishedReport.Descriptor));
        flow.Kinds.AddRange(Shared(kinds, Gate.Party, SubsidyPayment.Descriptor, CaseFile.Descriptor));
        return flow;
    }

    /// <summary>Every field that this version knows of a message, and of the messages in it.</summary>
    public static IEnumerable<FieldRule> AllFields(MessageDescriptor message) =>
        Fields(message, _ => true);

    private static IEnumerable<FieldRule> Fields(MessageDescriptor message, Func<FieldDescriptor, bool> flows) =>
        message.Fields.InFieldNumberOrder().Where(flows).Select(field =>
            field.FieldType == FieldType.Message
                ? Field(field.FieldNumber, Fields(field.MessageType, flows))
                : Field(field.FieldNumber));

    // Never ethnicity, card status, disability, household, remark, or more of a place than its county. The ID number's
    // mask hides the birth date too; the year of birth is enough to tell who may work.
    private static FieldRule[] ReferredWorker() =>
    [
        Field(Worker.NameFieldNumber, Mask.Name),
        Field(Worker.IdNumberFieldNumber, Mask.IdNumber),
        Field(Worker.SexFieldNumber),
        Field(Worker.BirthDateFieldNumber, [Field(Google.Type.Date.YearFieldNumber)]),
        Field(Worker.RegisteredPlaceFieldNumber, [Field(Place.DivisionCodeFieldNumber, Mask.County)]),
        Field(Worker.PhoneFieldNumber, Mask.Phone),
        Field(Worker.SchoolingFieldNumber, [Field(Schooling.BandFieldNumber)]),
        Field(Worker.SkillsFieldNumber, AllFields(Skill.Descriptor)),
    ];

    // What a clerk writes freely stays at home, because nobody can tell what it holds: the same fields that are left
    // out of masked copies.
    private static IEnumerable<KindRule> Shared(RecordKinds kinds, Gate gate, params MessageDescriptor[] messages) =>
        messages.Select(message => Rule(
            KindOf(message, kinds),
            gate,
            Fields(message, field => !MaskedCopies.IsFreeText(field))));

    /// <summary>
    /// Whether a record holds all that its home wrote: it is one's own, or came by the province profile.
    /// </summary>
    public static bool IsWhole(Record record) => record.Projection is not { } view
        || view.Name.StartsWith(Province + ":", StringComparison.Ordinal);

    private static AgreementFlow Flow(string from, string to, string profile, string purpose) =>
        new() { FromNode = from, ToNode = to, Profile = profile, Purpose = purpose };

    private static KindRule Rule(string kind, Gate gate, IEnumerable<FieldRule> fields)
    {
        var rule = new KindRule { Kind = kind, Gate = gate };
        rule.Fields.AddRange(fields);
        return rule;
    }

    private static FieldRule Field(int number, Mask mask = Mask.Unspecified) =>
        new() { Number = (uint)number, Mask = mask };

    private static FieldRule Field(int number, IEnumerable<FieldRule> fields)
    {
        var rule = Field(number);
        rule.Fields.AddRange(fields);
        return rule;
    }

    private static string KindOf(MessageDescriptor message, RecordKinds kinds) =>
        kinds.FindByDescriptor(message)?.Name
        ?? throw new InvalidOperationException($"No kind has the payload {message.FullName}.");
}
