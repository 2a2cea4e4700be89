using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Vacancies;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Placements;

/// <summary>Placement events: found by their placement, shared by its two parties, never changed.</summary>
internal sealed class PlacementEventKind : RecordKind<PlacementEvent>
{
    /// <summary>The kind's name.</summary>
    public const string KindName = "placement_event";

    public override string Name => KindName;

    public override bool IsPersonal => true;

    public override bool IsImmutable => true;

    public override bool NamesWorkers => true;

    // What the state of a placement is computed from: ids of records and nodes, what happened, and the day.
    public override IReadOnlyList<int> AlwaysShared { get; } =
    [
        PlacementEvent.PlacementIdFieldNumber,
        PlacementEvent.WorkerIdFieldNumber,
        PlacementEvent.VacancyIdFieldNumber,
        PlacementEvent.SendingNodeFieldNumber,
        PlacementEvent.ReceivingNodeFieldNumber,
        PlacementEvent.TypeFieldNumber,
        PlacementEvent.HappenedDateFieldNumber,
        PlacementEvent.NextVacancyIdFieldNumber,
        PlacementEvent.VoidedEventIdFieldNumber,
    ];

    /// <summary>The workers whom an event names; none for a record of another kind.</summary>
    public static IEnumerable<RecordKey> WorkersOf(string kind, Record envelope) =>
        kind == KindName ? envelope.SubjectIds.Where(ReferenceRules.IsId).Select(WorkerKey) : [];

    protected override IEnumerable<FieldViolation> Check(PlacementEvent payload, RuleContext context) =>
        PlacementEventRules.Check(payload, context);

    protected override RecordFacts Describe(Guid id, PlacementEvent payload, IPersonTokens tokens)
    {
        string[] nodes =
            [.. new[] { payload.SendingNode, payload.ReceivingNode }.Where(NodeIds.IsValid).Distinct()];
        var hasWorker = ReferenceRules.IsId(payload.WorkerId);
        return new RecordFacts
        {
            Keys = Keys(payload),
            ScopeKeys = [.. nodes.Select(node => new ScopeKey { Name = ScopeNames.Party, Value = node })],
            SubjectIds = hasWorker ? [payload.WorkerId] : [],
            References =
            [
                .. ReferenceRules.To(WorkerKind.KindName, payload.WorkerId),
                .. ReferenceRules.To(VacancyKind.KindName, payload.VacancyId),
                .. ReferenceRules.To(VacancyKind.KindName, payload.NextVacancyId),
            ],
            Sightings = hasWorker
                ? [.. nodes.Select(node => new Sighting(node, WorkerKey(payload.WorkerId), IsDoubt(payload)))]
                : [],
        };
    }

    private static List<IndexKey> Keys(PlacementEvent payload)
    {
        var keys = new List<IndexKey>(2);
        if (ReferenceRules.IsId(payload.PlacementId))
        {
            keys.Add(new IndexKey(IndexNames.Placement, payload.PlacementId));
        }

        // Only what takes from a quota is counted by its vacancy.
        if (payload.Type == PlacementEventType.Referred && ReferenceRules.IsId(payload.VacancyId))
        {
            keys.Add(new IndexKey(IndexNames.Vacancy, payload.VacancyId));
        }

        return keys;
    }

    private static bool IsDoubt(PlacementEvent payload) => payload.Type == PlacementEventType.RecordedInError;

    private static RecordKey WorkerKey(string id) => new(WorkerKind.KindName, Guid.ParseExact(id, "D"));
}
