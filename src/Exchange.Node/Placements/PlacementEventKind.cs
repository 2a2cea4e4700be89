using Exchange.Node.Records;
using Exchange.Node.Sync;
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

    protected override IEnumerable<FieldViolation> Check(PlacementEvent payload, RuleContext context) =>
        PlacementEventRules.Check(payload, context);

    protected override RecordFacts Describe(Guid id, PlacementEvent payload, IPersonTokens tokens)
    {
        string[] nodes =
            [.. new[] { payload.SendingNode, payload.ReceivingNode }.Where(NodeIds.IsValid).Distinct()];
        var hasWorker = ReferenceRules.IsId(payload.WorkerId);
        return new RecordFacts
        {
            Keys = ReferenceRules.IsId(payload.PlacementId)
                ? [new IndexKey(IndexNames.Placement, payload.PlacementId)]
                : [],
            ScopeKeys = [.. nodes.Select(node => new ScopeKey { Name = ScopeNames.Party, Value = node })],
            SubjectIds = hasWorker ? [payload.WorkerId] : [],
            Sightings = hasWorker && payload.Type != PlacementEventType.RecordedInError
                ? [.. nodes.Select(node => new Sighting(node, WorkerKey(payload.WorkerId)))]
                : [],
        };
    }

    private static RecordKey WorkerKey(string id) => new(WorkerKind.KindName, Guid.ParseExact(id, "D"));
}
