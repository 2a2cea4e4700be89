namespace Exchange.Node.Imports.Mapping;

/// <summary>
/// Turns the conditions of a profile file into ones that run, and notes everything that is wrong with them.
/// </summary>
/// <param name="columns">Gathers the columns that are named.</param>
/// <param name="report">Takes a sentence for each mistake.</param>
internal sealed class ConditionCompiler(ProfileColumns columns, Action<string> report)
{
    /// <summary>Compiles the conditions of a field; those that are wrong are left out.</summary>
    public IReadOnlyList<Condition> Compile(IEnumerable<ConditionSpec> specs, string path) =>
        [.. specs.Select(spec => Compile(spec, path)).OfType<Condition>()];

    private Condition? Compile(ConditionSpec spec, string path)
    {
        UnknownMembers.Report(spec.Unknown, $"A condition of '{path}'", report);
        if (spec.Column is not { Length: > 0 } name)
        {
            report($"A condition of '{path}' names no column.");
            return null;
        }

        var column = columns.Use(name);
        Condition? condition = spec switch
        {
            { Filled: { } filled } => new FilledCondition(column, filled),
            { Yes: { } yes } => new YesCondition(column, yes),
            { In: { } words } => new WordsCondition(column, words, among: true),
            { NotIn: { } words } => new WordsCondition(column, words, among: false),
            { SameAs: { } other } => new SameCondition(column, columns.Use(other)),
            { From: null, To: null } => null,
            _ => new BetweenCondition(column, spec.From, spec.To),
        };
        if (condition is null)
        {
            report($"The condition of '{path}' on '{name}' needs filled, yes, in, not_in, same_as, or from and to.");
        }

        return condition;
    }
}
