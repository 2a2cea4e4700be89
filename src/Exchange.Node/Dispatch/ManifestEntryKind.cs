using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Dispatch;

/// <summary>Who is to travel in a batch: found by the batch, the worker and the placement.</summary>
internal sealed class ManifestEntryKind() : PlainKind<ManifestEntry>("manifest_entry")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(ManifestEntry payload, RuleContext context) =>
    [
        .. PartyRules.CheckWriter(payload.SendingNode, "sending_node", context),
    ];
}
