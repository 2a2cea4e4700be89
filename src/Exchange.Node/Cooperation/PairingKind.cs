using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Pairings: found by both places, and by the labour agreement that they rest on.</summary>
internal sealed class PairingKind() : PlainKind<Pairing>("pairing")
{
    protected override IEnumerable<FieldViolation> CheckMeaning(Pairing payload, RuleContext context)
    {
        var (sending, receiving) = (PlaceRules.Code(payload.SendingPlace), PlaceRules.Code(payload.ReceivingPlace));
        if (sending.Length > 0 && sending == receiving)
        {
            yield return new("receiving_place.division_code", "It is the sending place. A place isn't its own pair.");
        }

        foreach (var violation in PlaceRules.CheckLevel(
            payload.SendingPlace, "sending_place", DivisionLevel.County, DivisionLevel.Township)
            .Concat(PlaceRules.CheckLevel(
                payload.ReceivingPlace, "receiving_place", DivisionLevel.Prefecture, DivisionLevel.Township)))
        {
            yield return violation;
        }
    }
}
