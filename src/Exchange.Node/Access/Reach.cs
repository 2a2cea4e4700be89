using Exchange.Node.Cooperation;
using Exchange.Node.Errors;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Node.Vacancies;
using Exchange.V1;
using Grpc.Core;
using EmployerKind = Exchange.Node.Employers.EmployerKind;

namespace Exchange.Node.Access;

/// <summary>
/// Which records a caller may read and write: the one place that decides it. <see cref="RecordReach"/> finds what is
/// to be known of a record.
/// </summary>
internal sealed class Reach
{
    private static readonly HashSet<string> PublishedKinds = [VacancyKind.KindName, EmployerKind.KindName];

    private readonly IReadOnlyList<string> _divisions = [];
    private readonly HashSet<string> _kinds = [];
    private readonly HashSet<string> _sources = [];
    private readonly bool _readsOwnOnly;
    private readonly bool _writesOwnOnly;
    private readonly bool _isNone;

    private Reach()
    {
    }

    private Reach(Credential credential)
    {
        _divisions = [.. credential.DivisionCodes];
        _kinds = [.. credential.Kinds];
        _sources = credential.Sources.Count > 0 ? [.. credential.Sources] : [credential.Name];
        _writesOwnOnly = credential.Roles.Contains(Role.Publisher) && !credential.Roles.Contains(Role.Desk);
        _readsOwnOnly = _writesOwnOnly && !credential.Roles.Contains(Role.Reader);
        IsWhole = _divisions.Count == 0 && _kinds.Count == 0 && !_writesOwnOnly;
        DecidesTerms = credential.Roles.Any(role => RolePermissions.Rows.TryGetValue(role, out var may)
            && may.Contains(Permission.Desk));
    }

    private Reach(bool isNone) => _isNone = isNone;

    /// <summary>Everything.</summary>
    public static Reach Whole { get; } = new() { IsWhole = true, DecidesTerms = true };

    /// <summary>Nothing.</summary>
    public static Reach None { get; } = new(isNone: true);

    /// <summary>Nothing is restricted, so that nothing needs to be looked up.</summary>
    public bool IsWhole { get; private init; }

    /// <summary>
    /// May write down what an authority decided on the terms of a notice, which whoever publishes it may not.
    /// </summary>
    public bool DecidesTerms { get; private init; }

    public static Reach Of(Credential credential) => new(credential);

    /// <summary>Whether records of a kind may be read at all.</summary>
    public bool ReadsKind(string kind) =>
        IsWhole
        || (!_isNone && (kind == DivisionKind.KindName || (HasKind(kind) && (!_readsOwnOnly || IsPublished(kind)))));

    /// <summary>Refuses to list a kind of which nothing is reached.</summary>
    public void RequireKind(string kind)
    {
        if (!ReadsKind(kind))
        {
            throw Outside(kind, "kind");
        }
    }

    /// <summary>Whether a record may be read.</summary>
    public bool Reads(ReachFacts facts) => IsWhole || facts.Kind == DivisionKind.KindName
        ? !_isNone
        : ReadsKind(facts.Kind) && (!_readsOwnOnly || IsOwn(facts)) && HasDivision(facts);

    /// <summary>
    /// Whether a record is where the caller works, whatever its kind: of a message's worker the number is needed, and
    /// not the record.
    /// </summary>
    public bool ReachesPlace(ReachFacts facts) => IsWhole || (!_isNone && HasDivision(facts));

    /// <summary>Whether a record may be written, as it was and as it will be.</summary>
    public bool Writes(ReachFacts facts) => IsWhole
        || (!_isNone
            && HasKind(facts.Kind)
            && (!_writesOwnOnly || (IsPublished(facts.Kind) && IsOwn(facts)))
            && HasDivision(facts));

    /// <summary>
    /// Whether a placement may be read, by its worker's division, or its vacancy's division and source.
    /// </summary>
    /// <param name="worker">What is known of its worker; null for nothing.</param>
    /// <param name="vacancy">What is known of its vacancy; null for nothing.</param>
    public bool ReadsPlacement(ReachFacts? worker, ReachFacts? vacancy)
    {
        if (IsWhole)
        {
            return true;
        }

        return !_isNone
            && (_readsOwnOnly
                ? vacancy is { } own && IsOwn(own) && HasDivision(own)
                : HasKind(PlacementEventKind.KindName)
                    && (_divisions.Count == 0
                        || (worker is { } one && HasDivision(one))
                        || (vacancy is { } other && HasDivision(other))));
    }

    /// <summary>
    /// Whether a record that can't be read, or is gone, may have been read before, by what is known of the version
    /// before: only then is the caller told that it is gone.
    /// </summary>
    /// <param name="kind">The record's kind.</param>
    /// <param name="isPersonal">It is about a person, and its id is told to nobody in vain.</param>
    /// <param name="keys">The declared keys of both versions.</param>
    public bool MayHaveRead(string kind, bool isPersonal, IEnumerable<Store.IndexKey> keys)
    {
        if (IsWhole || !ReadsKind(kind))
        {
            return IsWhole;
        }

        var known = keys.ToList();
        var divisions = known.Where(key => key.Name == IndexNames.Division).Select(key => key.Value).ToList();
        var sources = known.Where(key => key.Name == IndexNames.External).Select(key => key.Value.Split(':')[0]);
        return (!_readsOwnOnly || sources.Any(_sources.Contains))
            && (_divisions.Count == 0 || (divisions.Count == 0 ? !isPersonal : divisions.Exists(HasDivision)));
    }

    /// <summary>Whether a publishing stream may be opened, or taken back.</summary>
    public bool Publishes(string publisher) => !_isNone && (!_writesOwnOnly || _sources.Contains(publisher));

    /// <summary>Refuses a stream of another publisher.</summary>
    public void RequirePublisher(string publisher)
    {
        if (!Publishes(publisher))
        {
            throw Outside("stream", "open.publisher");
        }
    }

    /// <summary>Refuses what concerns the whole node to whoever reaches a part of it.</summary>
    public void RequireWhole(string what)
    {
        if (!IsWhole)
        {
            throw Outside(what, "credential.division_codes");
        }
    }

    /// <summary>Refuses figures of a division to whoever doesn't reach everything that they are counted from.</summary>
    /// <param name="division">The division's code; empty for all that the node holds.</param>
    /// <param name="kinds">The kinds that are counted.</param>
    public void RequireFigures(string division, IEnumerable<string> kinds)
    {
        if (!IsWhole && (_isNone || _readsOwnOnly || !HasDivision(division) || !kinds.All(HasKind)))
        {
            throw Outside("figure", "division_code");
        }
    }

    /// <summary>
    /// The error for what a caller doesn't reach. It is the same whether the thing exists or not, so that nobody learns
    /// that from it.
    /// </summary>
    public static ExchangeException Outside(string kind, string field = "id") => new(
        StatusCode.PermissionDenied,
        ErrorReason.OutOfReach,
        $"This names a {kind} that your credential doesn't reach. It may not exist.",
        ("kind", kind),
        ("field", field));

    private static bool IsPublished(string kind) => PublishedKinds.Contains(kind);

    private bool HasKind(string kind) => _kinds.Count == 0 || _kinds.Contains(kind);

    private bool IsOwn(ReachFacts facts) => facts.Source is { } source && _sources.Contains(source);

    private bool HasDivision(ReachFacts facts) => _divisions.Count == 0 || facts.Divisions.Any(HasDivision);

    private bool HasDivision(string code) =>
        _divisions.Count == 0 || _divisions.Any(reached => code.StartsWith(reached, StringComparison.Ordinal));
}

/// <summary>What decides whether a record is in reach.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Divisions">Its divisions, or those of the records that it names.</param>
/// <param name="Source">The source of its external key; null without one.</param>
internal readonly record struct ReachFacts(string Kind, IReadOnlyList<string> Divisions, string? Source);
