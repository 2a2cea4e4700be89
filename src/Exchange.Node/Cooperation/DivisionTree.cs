using Exchange.Node.Records;
using Exchange.Node.Standards;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Cooperation;

/// <summary>The tree of divisions: what is built in, and the records that operators and partners have added.</summary>
internal sealed class DivisionTree(IRecordStore store, RecordCodec codec, TimeProvider time)
{
    /// <summary>The most divisions below one.</summary>
    public const int MostChildren = 10_000;

    // A chain of successors is a few steps; a longer one goes in circles.
    private const int MostSteps = 20;

    /// <summary>What a normalised code stood for, newest period first; empty when nothing is known.</summary>
    public async Task<IReadOnlyList<Division>> FindAsync(string code, CancellationToken cancellationToken)
    {
        var recorded = await RecordedAsync(code, isPrefix: false, cancellationToken);
        var known = recorded.Count > 0 ? recorded : BuiltIn(code);
        return [.. known.OrderByDescending(division => DateRules.Day(division.ValidToDate) ?? DateOnly.MaxValue)];
    }

    /// <summary>
    /// What has the place of a code's newest division today, by rising code; empty when no successor is known.
    /// </summary>
    public async Task<IReadOnlyList<Division>> CurrentAsync(string code, CancellationToken cancellationToken)
    {
        var today = NodeIdentity.Today(time);
        var current = new SortedDictionary<string, Division>(StringComparer.Ordinal);
        var seen = new HashSet<(string, DateOnly?)>();
        List<(string Code, DateOnly? After)> steps = [(code, null)];
        for (var i = 0; i < MostSteps && steps.Count > 0; i++)
        {
            var next = new List<(string, DateOnly?)>();
            foreach (var step in steps.Where(step => seen.Add(step)))
            {
                var division = At(await FindAsync(step.Code, cancellationToken), step.After);
                if (division is not null && IsValid(division, today))
                {
                    current[step.Code] = division;
                }
                else if (division is not null)
                {
                    var ended = DateRules.Day(division.ValidToDate);
                    next.AddRange(division.SuccessorCodes.Where(Divisions.IsNormal).Select(one => (one, ended)));
                }
            }

            steps = next;
        }

        return [.. current.Values];
    }

    /// <summary>
    /// What lies right below a normalised code on a day, by rising code; the provinces for an empty one.
    /// </summary>
    public async Task<IReadOnlyList<Division>> ChildrenAsync(
        string code, DateOnly? day, CancellationToken cancellationToken)
    {
        var on = day ?? NodeIdentity.Today(time);
        var recorded = (await RecordedAsync(code, isPrefix: true, cancellationToken))
            .ToLookup(division => division.Code, StringComparer.Ordinal);
        var builtIn = Divisions.ChildrenOf(code).Select(ToDivision).Concat(DivisionHistory.All)
            .Where(division => !recorded.Contains(division.Code));
        return
        [
            .. recorded.SelectMany(group => group).Concat(builtIn)
                .Where(division => Divisions.IsNormal(division.Code) && Divisions.ParentOf(division.Code) == code)
                .Where(division => IsValid(division, on))
                .OrderBy(division => division.Code, StringComparer.Ordinal)
                .Take(MostChildren),
        ];
    }

    /// <summary>The name of a division with those above it, as of its newest period.</summary>
    public async Task<string> FullNameAsync(string code, CancellationToken cancellationToken)
    {
        var name = "";
        for (var one = code; one.Length > 0; one = Divisions.ParentOf(one))
        {
            name = (await FindAsync(one, cancellationToken) is [var newest, ..] ? newest.Name : "") + name;
        }

        return name;
    }

    // A code may have been given twice: a successor is the one that came next, and not one of many years later.
    private static Division? At(IReadOnlyList<Division> newestFirst, DateOnly? after) => after is null
        ? newestFirst is [var newest, ..] ? newest : null
        : newestFirst.LastOrDefault(division => !(DateRules.Day(division.ValidToDate) <= after));

    private static IReadOnlyList<Division> BuiltIn(string code) =>
    [
        .. Divisions.Find(code) is { } present ? new[] { ToDivision(present) } : [],
        .. DivisionHistory.Of(code),
    ];

    private static Division ToDivision(DivisionName name) => new()
    {
        Code = name.Code,
        Name = name.Name,
        Level = name.Level,
        ParentCode = Divisions.ParentOf(name.Code),
    };

    private static bool IsValid(Division division, DateOnly day) =>
        !(DateRules.Day(division.ValidFromDate) > day) && !(DateRules.Day(division.ValidToDate) < day);

    private async Task<IReadOnlyList<Division>> RecordedAsync(
        string code, bool isPrefix, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(DivisionKind.KindName)
        {
            Index = DivisionKind.CodeIndex,
            Value = code,
            IsPrefix = isPrefix,
            Limit = MostChildren,
        };
        var found = new List<Division>();
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.TryDecode(stored)?.Payload is { } payload)
            {
                found.Add(payload.Unpack<Division>());
            }
        }

        return found;
    }
}
