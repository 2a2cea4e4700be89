using System.Collections.Frozen;
using Exchange.Node.Cases;
using Exchange.Node.Cooperation;
using Exchange.Node.Dispatch;
using Exchange.Node.Employers;
using Exchange.Node.Events;
using Exchange.Node.Figures;
using Exchange.Node.Messages;
using Exchange.Node.Money;
using Exchange.Node.Placements;
using Exchange.Node.Training;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// The kinds that this version knows. A kind that isn't here is stored and forwarded, but never written locally.
/// </summary>
internal sealed class RecordKinds
{
    private readonly FrozenDictionary<string, RecordKind> _byName;
    private readonly FrozenDictionary<string, RecordKind> _byMessage;

    /// <summary>All kinds of the contract.</summary>
    public RecordKinds()
    {
        All =
        [
            new WorkerKind(),
            new HouseholdKind(),
            new EmployerKind(),
            new VacancyKind(),
            new VacancyQuotaKind(),
            new PlacementEventKind(),
            new DivisionKind(),
            new PairingKind(),
            new LabourAgreementKind(),
            new ResponsibilityKind(),
            new LiaisonOfficerKind(),
            new StationedStaffKind(),
            new StationKind(),
            new DepartmentKind(),
            new PolicyDocumentKind(),
            new VacancyBulletinKind(),
            new VacancyRouteKind(),
            new EmploymentBaseKind(),
            new CampaignKind(),
            new JobFairKind(),
            new ForumKind(),
            new SchoolLeaverKind(),
            new DispatchBatchKind(),
            new ManifestEntryKind(),
            new DepartureReviewKind(),
            new ReturnHomeKind(),
            new StartUpKind(),
            new TrainingClassKind(),
            new EnrolmentKind(),
            new CertificateKind(),
            new TradeKind(),
            new SkillBrandKind(),
            new BrandMemberKind(),
            new ProgrammeKind(),
            new StudentKind(),
            new StudentAllowanceKind(),
            new VillageSupportKind(),
            new SubsidyPolicyKind(),
            new SubsidyPaymentKind(),
            new PaymentBatchKind(),
            new StartUpLoanKind(),
            new CooperationFundKind(),
            new CaseFileKind(),
            new TargetKind(),
            new PublishedReportKind(),
            new ContactKind(),
            new JobCodeKind(),
            new OutboxMessageKind(),
        ];
        _byName = All.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);
        _byMessage = All.ToFrozenDictionary(kind => kind.Descriptor.FullName, StringComparer.Ordinal);
    }

    /// <summary>The kinds, in the order of the contract.</summary>
    public IReadOnlyList<RecordKind> All { get; }

    /// <summary>Returns the kind of that name, or null.</summary>
    public RecordKind? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Returns the kind whose payload is that message, or null.</summary>
    public RecordKind? FindByDescriptor(MessageDescriptor descriptor) =>
        _byMessage.GetValueOrDefault(descriptor.FullName);
}
