using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>Village liaison officers: found by their township.</summary>
internal sealed class LiaisonOfficerKind() : PlainKind<LiaisonOfficer>("liaison_officer")
{
    public override bool IsPersonal => true;

    protected override IEnumerable<FieldViolation> CheckMeaning(LiaisonOfficer payload, RuleContext context)
    {
        for (var i = 0; i < payload.VillageDivisionCodes.Count; i++)
        {
            var code = payload.VillageDivisionCodes[i];
            if (Divisions.IsNormal(code) && Divisions.LevelOf(code) != DivisionLevel.Village)
            {
                yield return new($"village_division_codes[{i}]", "It is no village. A village's code has 12 digits.");
            }
            else if (payload.VillageDivisionCodes.Take(i).Contains(code))
            {
                yield return new($"village_division_codes[{i}]", "It is listed already. Leave it out.");
            }
        }

        foreach (var violation in PlaceRules.CheckLevel(
            payload.Place, "place", DivisionLevel.County, DivisionLevel.Village)
            .Concat(DateRules.CheckPast(payload.LastActiveDate, context.Today, "last_active_date")))
        {
            yield return violation;
        }
    }
}
