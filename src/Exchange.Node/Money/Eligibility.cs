using System.Globalization;
using Exchange.Node.Generate;
using Exchange.Node.Records;
using Exchange.Node.Workers;
using Exchange.V1;

namespace Exchange.Node.Money;

/// <summary>Judges a claim rule by rule. Amounts and conditions come from the policy alone.</summary>
internal static class Eligibility
{
    private const int WorkingAge = 16;

    /// <summary>Explains every rule.</summary>
    public static ExplainEligibilityResponse Explain(EligibilityFacts facts)
    {
        var destination = Destinations.Of(facts.HomeCode, facts.WorkCode);
        var (tier, number, place) = Place(facts, destination);
        var stay = Stay(facts, place.Verdict, ref tier, ref number, out var met);
        List<ExplainedRule> rules =
        [
            Undisputed(facts.Placement), Period(facts), Region(facts), CardHolder(facts), Age(facts), place, stay,
            NotPaid(facts, met), InTime(facts, met),
        ];
        var verdict = rules.Exists(rule => rule.Verdict == RuleVerdict.NotMet) ? RuleVerdict.NotMet
            : rules.Exists(rule => rule.Verdict == RuleVerdict.Unknown) ? RuleVerdict.Unknown
            : RuleVerdict.Met;
        return new ExplainEligibilityResponse
        {
            Verdict = verdict,
            AmountFen = verdict == RuleVerdict.Met ? tier!.AmountFen : 0,
            TierNumber = number,
            Destination = destination,
            ConditionMetDate = met is { } day
                ? DateRules.ToDate(day)
                : null,
            Rules = { rules },
        };
    }

    private static ExplainedRule Undisputed(Placement placement) => placement.Disputed
        ? Rule(EligibilityRule.Undisputed, RuleVerdict.NotMet, "Events of the placement contradict. Void one first.")
        : Rule(EligibilityRule.Undisputed, RuleVerdict.Met, "No event of the placement contradicts another.");

    private static ExplainedRule Period(EligibilityFacts facts)
    {
        if (facts.Began is not { } began)
        {
            return Rule(EligibilityRule.Period, RuleVerdict.NotMet, "No beginning of work is on record that counts.");
        }

        var isWithin = !(DateRules.Day(facts.Policy.FromDate) > began) && !(DateRules.Day(facts.Policy.ToDate) < began);
        return Rule(
            EligibilityRule.Period,
            isWithin ? RuleVerdict.Met : RuleVerdict.NotMet,
            $"Work began on {Text(began)}, {(isWithin ? "within" : "outside")} the policy's period.");
    }

    private static ExplainedRule Region(EligibilityFacts facts)
    {
        var within = Within(
            EligibilityRule.Region, facts.HomeCode, PlaceRules.Code(facts.Policy.Place), "The worker is registered");
        return within.Verdict == RuleVerdict.Met && facts.Policy.PilotDivisions.Count > 0 ? Pilot(facts) : within;
    }

    // Whoever began before the county was switched on isn't entitled later either.
    private static ExplainedRule Pilot(EligibilityFacts facts)
    {
        const EligibilityRule Name = EligibilityRule.Region;
        var pilots = facts.Policy.PilotDivisions
            .Where(pilot => facts.HomeCode.StartsWith(pilot.DivisionCode, StringComparison.Ordinal))
            .ToList();
        if (pilots.Count == 0)
        {
            var may = facts.Policy.PilotDivisions
                .Any(pilot => pilot.DivisionCode.StartsWith(facts.HomeCode, StringComparison.Ordinal));
            return may
                ? Rule(Name, RuleVerdict.Unknown, "The policy is piloted by county, and the worker's isn't known here.")
                : Rule(Name, RuleVerdict.NotMet, "The policy isn't switched on where the worker is registered.");
        }

        if (facts.Began is not { } began)
        {
            return Rule(Name, RuleVerdict.NotMet, "No beginning of work is on record that counts.");
        }

        var on = pilots.Find(pilot =>
            DateRules.Day(pilot.FromDate) <= began && !(DateRules.Day(pilot.ToDate) < began));
        return on is null
            ? Rule(Name, RuleVerdict.NotMet, $"It wasn't switched on at {facts.HomeCode} on {Text(began)}.")
            : Rule(Name, RuleVerdict.Met, $"The policy was switched on in {on.DivisionCode} on {Text(began)}.");
    }

    private static ExplainedRule CardHolder(EligibilityFacts facts) => facts switch
    {
        { Policy.CardHoldersOnly: false } =>
            Rule(EligibilityRule.CardHolder, RuleVerdict.Met, "The policy doesn't ask for it."),
        { Worker.CardStatusHistory.Count: > 0 } =>
            Rule(EligibilityRule.CardHolder, RuleVerdict.Met, "The worker is or was registered as poor."),

        // A masked copy lacks the history of everybody.
        { Worker: null } or { HomeCode: "" } or { IsCopy: true } =>
            Rule(EligibilityRule.CardHolder, RuleVerdict.Unknown, "This node doesn't hold it. Ask the home region."),
        _ => Rule(EligibilityRule.CardHolder, RuleVerdict.NotMet, "The worker was never registered as poor."),
    };

    private static ExplainedRule Age(EligibilityFacts facts)
    {
        if (facts.Began is not { } began || facts.Worker is not { } worker
            || WorkerRules.BirthDate(worker) is not { } born)
        {
            return Rule(EligibilityRule.Age, RuleVerdict.Unknown, "The day of birth or of work isn't known here.");
        }

        // Of a masked copy only the year is known.
        var isOldEnough = DateRules.Day(born) is { } day
            ? Ages.At(day, began) >= WorkingAge
            : born.Year + WorkingAge < began.Year;
        return isOldEnough
            ? Rule(EligibilityRule.Age, RuleVerdict.Met, "The worker was of working age when work began.")
            : Rule(EligibilityRule.Age, RuleVerdict.NotMet, "The worker was under 16, or may have been.");
    }

    private static (SubsidyTier? Tier, int Number, ExplainedRule Rule) Place(
        EligibilityFacts facts, DestinationClass destination)
    {
        const EligibilityRule Name = EligibilityRule.Destination;
        var work = Within(Name, facts.WorkCode, PlaceRules.Code(facts.Policy.WorkPlace), "The work is");
        if (work.Verdict != RuleVerdict.Met)
        {
            return (null, 0, work);
        }

        var number = 1 + facts.Policy.Tiers.ToList().FindIndex(tier => Fits(tier, facts, destination));
        if (number > 0)
        {
            return (facts.Policy.Tiers[number - 1], number, Rule(Name, RuleVerdict.Met, $"Tier {number} fits."));
        }

        var isUnknown = destination == DestinationClass.Unspecified || facts.WorkCode.Length == 0;
        return (null, 0, isUnknown
            ? Rule(Name, RuleVerdict.Unknown, "The code of the home or of the work place isn't known here.")
            : Rule(Name, RuleVerdict.NotMet, $"No tier is for {destination}, at {facts.WorkCode}."));
    }

    // Of the tiers for the place, the first counts whose stay was reached.
    private static ExplainedRule Stay(
        EligibilityFacts facts, RuleVerdict place, ref SubsidyTier? tier, ref int number, out DateOnly? met)
    {
        const EligibilityRule Name = EligibilityRule.Stay;
        met = null;
        if (place != RuleVerdict.Met)
        {
            return Rule(Name, place, "No tier fits the place.");
        }

        var destination = Destinations.Of(facts.HomeCode, facts.WorkCode);
        for (var i = 0; i < facts.Policy.Tiers.Count; i++)
        {
            var one = facts.Policy.Tiers[i];
            if (Fits(one, facts, destination) && facts.Stayed(one.StayMonths) is { } day)
            {
                (tier, number, met) = (one, i + 1, day);
                return Rule(Name, RuleVerdict.Met, $"{Months(one.StayMonths)} on {Text(day)}.");
            }
        }

        var wanted = tier!.StayMonths;
        (tier, number) = (null, 0);
        return Rule(Name, RuleVerdict.NotMet, wanted == 0
            ? "Work hasn't begun."
            : $"No check after {wanted} months is on record since work began.");
    }

    private static ExplainedRule NotPaid(EligibilityFacts facts, DateOnly? met)
    {
        const EligibilityRule Name = EligibilityRule.NotPaid;
        var other = facts.Paid.FirstOrDefault(paid => facts.Policy.Period switch
        {
            SubsidyPeriod.Yearly => met is { } day && paid.ForYear == day.Year,
            SubsidyPeriod.EachPlacement => paid.PlacementId == facts.Placement.Id,
            _ => true,
        });
        return other is null
            ? Rule(Name, RuleVerdict.Met, "Nothing was granted yet that the policy allows once.")
            : Rule(Name, RuleVerdict.NotMet, $"It was granted already, for {other.ForYear}, and is {other.State}.");
    }

    private static ExplainedRule InTime(EligibilityFacts facts, DateOnly? met)
    {
        const EligibilityRule Name = EligibilityRule.ClaimedInTime;
        if (facts.Policy.ClaimMonths == 0 || met is not { } day)
        {
            return Rule(Name, RuleVerdict.Met, "There is no day by which it must be claimed.");
        }

        // Calendar months: whoever met the condition on 31 August claims within six months until 28 February.
        var last = day.AddMonths(facts.Policy.ClaimMonths);
        return Rule(
            Name,
            facts.Day <= last ? RuleVerdict.Met : RuleVerdict.NotMet,
            $"It had to be claimed by {Text(last)}.");
    }

    private static bool Fits(SubsidyTier tier, EligibilityFacts facts, DestinationClass destination) =>
        (tier.Destination == DestinationClass.Unspecified || tier.Destination == destination)
        && facts.WorkCode.StartsWith(tier.WorkDivisionCode, StringComparison.Ordinal);

    private static ExplainedRule Within(EligibilityRule rule, string code, string wanted, string what) =>
        wanted.Length == 0 ? Rule(rule, RuleVerdict.Met, "The policy is for any place.")
        : code.Length == 0 ? Rule(rule, RuleVerdict.Unknown, "The code isn't known here. Ask the node that has it.")
        : code.StartsWith(wanted, StringComparison.Ordinal)
            ? Rule(rule, RuleVerdict.Met, $"{what} within {wanted}.")
            : Rule(rule, RuleVerdict.NotMet, $"{what} outside {wanted}.");

    private static ExplainedRule Rule(EligibilityRule rule, RuleVerdict verdict, string explanation) =>
        new() { Rule = rule, Verdict = verdict, Explanation = explanation };

    private static string Months(int months) =>
        months == 0 ? "Work began" : $"Still there after {months} months, checked";

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
