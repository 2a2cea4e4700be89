using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// The fields whose comments say "Required.", of messages whose kinds have no rule of their own for it. An enum that
/// must be stated is here too: its zero is refused wherever it stands.
/// </summary>
internal static class RequiredFields
{
    private const string Package = "exchange.v1.";

    private static readonly FrozenDictionary<string, string[]> Stated = new Dictionary<string, string>
    {
        ["BrandMember"] = "skill_brand_id worker_id from_date",
        ["Campaign"] = "name year place from_date",
        ["CaseFile"] = "worker_id sending_node receiving_node kind state opened_date due_date owner_office",
        ["Certificate"] = "worker_id kind occupation issuer issued_date",
        ["Contact"] = "worker_id state",
        ["CooperationFund"] = "project source place from_date counted_date",
        ["Department"] = "name role place",
        ["DepartureReview"] = "worker_id done_date",
        ["DispatchBatch"] =
            "number sending_node receiving_node transport from_place to_place departure_date status",
        ["Division"] = "level",
        ["EmploymentBase"] = "name kind place",
        ["Enrolment"] = "training_class_id worker_id place status",
        ["Forum"] = "kind held_date place",
        ["FundAllocation"] = "division_code amount_fen rule_words",
        ["JobFair"] = "title place held_date",
        ["JobCode"] = "code vacancy_id given_date",
        ["LabourAgreement"] = "title kind parties signed_date",
        ["LabourAgreementParty"] = "name role",
        ["LiaisonOfficer"] = "person_name place village_division_codes from_date",
        ["ManifestEntry"] = "dispatch_batch_id worker_id placement_id sending_node receiving_node",
        ["OutboxMessage"] = "place channel body_words state written_date",
        ["Pairing"] = "sending_place receiving_place from_date",
        ["PaymentBatch"] = "number place payment_count total_fen state state_date",
        ["PilotDivision"] = "division_code from_date",
        ["PlacementEvent"] = "placement_id worker_id vacancy_id sending_node receiving_node type",
        ["PolicyDocument"] = "title issuer kind issued_date place",
        ["Programme"] = "name place from_date",
        ["PublishedReport"] = "place title as_of_date statement signature",
        ["Reimbursement"] = "cost_fen",
        ["Responsibility"] = "person_name office rank place lower_place from_date",
        ["ReturnHome"] = "worker_id place returned_date reason",
        ["SchoolLeaver"] = "worker_id place year finished outcome asked_date",
        ["SkillBrand"] = "name place occupation",
        ["StartUp"] = "worker_id place kind start_date",
        ["StartUpLoan"] = "worker_id place lender_name amount_fen granted_date due_date state",
        ["Station"] = "name kind station_place home_place",
        ["StationedStaff"] = "person_name office place from_date",
        ["Student"] = "worker_id place scheme school_name school_place intake_year status status_date",
        ["StudentAllowance"] =
            "student_id worker_id sending_node receiving_node kind school_year amount_fen payer_words",
        ["SubsidyPayment"] =
            "subsidy_policy_id worker_id sending_node receiving_node "
            + "amount_fen condition_met_date for_year state state_date",
        ["SubsidyPolicy"] = "name kind recipient version place payer_words from_date tiers period",
        ["SubsidyTier"] = "amount_fen",
        ["Target"] = "title place measure counting from_date to_date number",
        ["TermsReview"] = "decision decided_by decided_date terms",
        ["Trade"] = "name occupation",
        ["TrainingClass"] = "title kind place provider_name start_date end_date",
        ["VacancyBulletin"] = "title publisher_place from_date to_date",
        ["VacancyQuota"] = "vacancy_id partner_node expire_date",
        ["VacancyRoute"] = "vacancy_id from_place to_place passed_date",
        ["Verification"] = "verified_by verified_date",
        ["VillageSupport"] = "place checked_date",
    }.ToFrozenDictionary(pair => Package + pair.Key, pair => pair.Value.Split(' '), StringComparer.Ordinal);

    /// <summary>The messages with an entry.</summary>
    public static IReadOnlyList<string> Messages => Stated.Keys;

    /// <summary>The names of a message's required fields.</summary>
    public static IReadOnlyList<string> Of(MessageDescriptor message) =>
        Stated.GetValueOrDefault(message.FullName) ?? [];

    /// <summary>Checks that a required field is set; an enum's zero is the business of its own rule.</summary>
    public static IEnumerable<FieldViolation> Check(FieldDescriptor field, IMessage message, string path)
    {
        var lacking = field.Accessor.GetValue(message) switch
        {
            null => "It is missing. State it.",
            string text when TextRules.IsBlank(text) => NameRules.FormOf(field) switch
            {
                NamedForm.RecordId => "It is empty. Send the id of the record.",
                NamedForm.Node => "It is empty. Send the id of the node.",
                _ => "It is empty. State it.",
            },
            System.Collections.IList { Count: 0 } => "It is empty. List at least one.",
            Enum value when !EnumRules.RefusesZero(field.EnumType) && Convert.ToInt32(value, null) == 0 =>
                "It must be stated.",
            0 or 0L when field.FieldType != FieldType.Enum => "It is 0. State it.",
            _ => null,
        };
        if (lacking is not null)
        {
            yield return new(path, lacking);
        }
    }
}
