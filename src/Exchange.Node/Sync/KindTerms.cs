using System.Collections.Concurrent;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>What may flow of one kind, for each purpose that lists it.</summary>
/// <param name="rules">One for each purpose; at least one.</param>
/// <param name="isPersonal">A legal basis is needed; so it is for a kind that this version doesn't know.</param>
/// <param name="namesWorkers">The basis of the workers whom a record names is needed for all of it.</param>
internal sealed class KindTerms(IReadOnlyList<PurposeRule> rules, bool isPersonal, bool namesWorkers)
{
    private readonly ConcurrentDictionary<(uint Whole, uint Shared), FieldPlan> _plans = new();

    public IReadOnlyList<PurposeRule> Rules => rules;

    public bool IsPersonal => isPersonal;

    /// <summary>
    /// The basis of the workers whom a record names decides too: over all of it, or over what isn't always shared.
    /// </summary>
    public bool FollowsWorkers { get; } = namesWorkers || rules.Any(rule => rule.Shared is not null);

    /// <summary>Some purpose is for persons whom a placement event names.</summary>
    public bool AsksForSight { get; } = rules.Any(rule => rule.Gate == Gate.NamedInPlacement);

    /// <summary>No purpose lets anybody through whom no placement event names.</summary>
    public bool IsForNamedOnly { get; } = rules.All(rule => rule.Gate == Gate.NamedInPlacement);

    /// <summary>The fields that flow: all that the purposes together allow.</summary>
    public FieldPlan Fields(Verdict verdict) =>
        rules.Count == 1
            ? verdict.Whole != 0 ? rules[0].Fields : rules[0].Shared!
            : _plans.GetOrAdd((verdict.Whole, verdict.Shared), purposes => FieldPlan.Union(
                rules.Where(rule => (purposes.Whole & rule.Bit) != 0).Select(rule => rule.Fields)
                    .Concat(rules.Where(rule => (purposes.Shared & rule.Bit) != 0).Select(rule => rule.Shared!))));

    /// <summary>Everybody whom these purposes let through was named in a placement.</summary>
    public bool IsForNamed(uint purposes) =>
        rules.All(rule => (purposes & rule.Bit) == 0 || rule.Gate == Gate.NamedInPlacement);
}

/// <summary>What may flow of one kind for one purpose.</summary>
/// <param name="Bit">The purpose's bit.</param>
/// <param name="Purpose">What the data may be used for.</param>
/// <param name="Gate">Which records.</param>
/// <param name="Fields">Which fields.</param>
/// <param name="Shared">
/// The fields that flow to a party of shared work also without a basis for the others; null for a kind that then
/// doesn't flow.
/// </param>
/// <param name="Divisions">Where the records must lie; null when divisions don't restrict the flow.</param>
/// <param name="PassesOnFrom">Other nodes whose records are passed on for it, if they may be at all.</param>
internal sealed record PurposeRule(
    uint Bit,
    string Purpose,
    Gate Gate,
    FieldPlan Fields,
    FieldPlan? Shared,
    string[]? Divisions,
    IReadOnlyList<string> PassesOnFrom)
{
    /// <summary>Whether the pairing of divisions lets a record through.</summary>
    public bool IsWithinDivisions(IEnumerable<ScopeKey> scope) =>
        Divisions is not { } divisions || scope.Any(key => key.Name == Records.ScopeNames.Division && divisions.Any(
            code => key.Value.StartsWith(code, StringComparison.Ordinal)));
}

/// <summary>Some of a direction's purposes, as they are named to others.</summary>
/// <param name="Projection">
/// The name of the projection, such as <c>city:2</c>: the profiles and the agreement's version.
/// </param>
/// <param name="Purposes">The purposes, one a line.</param>
internal sealed record PurposeSet(string Projection, string Purposes)
{
    /// <summary>Stands in no purpose.</summary>
    public const char Separator = '\n';
}
