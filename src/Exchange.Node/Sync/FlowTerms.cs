using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// One direction of an agreement, made ready for use: what may flow from one node to another on a day.
/// </summary>
internal sealed class FlowTerms
{
    private readonly Dictionary<string, KindTerms> _kinds = new(StringComparer.Ordinal);
    private readonly string[] _divisions;
    private readonly bool _isPaired;

    /// <summary>Makes one direction ready.</summary>
    /// <param name="agreement">The agreement.</param>
    /// <param name="from">The giving node.</param>
    /// <param name="to">The receiving node.</param>
    /// <param name="digestKey">The key of digest items.</param>
    /// <param name="kinds">The kinds whose fields are known.</param>
    /// <param name="day">The day, in Asia/Shanghai.</param>
    /// <param name="windsUpBy">
    /// Set when the agreement ends: nothing flows any more, and everything must be gone by then.
    /// </param>
    /// <param name="origins">Other nodes whose records the giver may pass on.</param>
    public FlowTerms(
        AgreementTerms agreement,
        string from,
        string to,
        byte[] digestKey,
        RecordKinds kinds,
        DateOnly day,
        DateTimeOffset? windsUpBy = null,
        IReadOnlyList<string>? origins = null)
    {
        Origins = origins ?? [];
        WindsUpBy = windsUpBy;
        From = from;
        To = to;
        DigestKey = digestKey;
        Agreement = agreement.Agreement.Id;
        var flow = agreement.Flow(from, to) ?? new AgreementFlow();
        Purpose = flow.Purpose;
        MayPassOnTo = flow.MayPassOnTo;
        Projection = $"{flow.Profile}:{agreement.Agreement.Version}";
        foreach (var rule in windsUpBy is null ? flow.Kinds : [])
        {
            var kind = kinds.Find(rule.Kind);
            var fields = FieldPlan.Compile(rule.Fields, kind?.Descriptor);
            _kinds[rule.Kind] = new KindTerms(
                rule.Gate, fields, IsPersonal: kind is not { IsPersonal: false }, SharedPlan(rule, kind));
        }

        _isPaired = flow.DivisionPairs.Count > 0;
        _divisions =
        [
            .. flow.DivisionPairs.Where(pair => AgreementTerms.IsInForce(pair, day)).Select(pair => pair.FromCode),
        ];
        Digest = DigestOf(agreement, digestKey, [.. _divisions, .. Origins.Order()], windsUpBy is not null);
    }

    /// <summary>The agreement ends: by then everything must be gone at the receiver. Null while it lasts.</summary>
    public DateTimeOffset? WindsUpBy { get; }

    /// <summary>The giving node.</summary>
    public string From { get; }

    /// <summary>The receiving node.</summary>
    public string To { get; }

    /// <summary>
    /// Other nodes whose records flow here as well: the giver holds them from their home and passes them on.
    /// </summary>
    public IReadOnlyList<string> Origins { get; }

    /// <summary>Nodes to which the receiver may pass on what it is given.</summary>
    public IReadOnlyList<string> MayPassOnTo { get; }

    /// <summary>The agreement's id.</summary>
    public string Agreement { get; }

    /// <summary>The name of the projection, such as <c>city:2</c>.</summary>
    public string Projection { get; }

    /// <summary>What the data may be used for.</summary>
    public string Purpose { get; }

    /// <summary>The most changes of a batch.</summary>
    public int MaxChanges { get; init; } = PageBuilder.MaxChanges;

    /// <summary>The key of digest items, which both nodes hold.</summary>
    public byte[] DigestKey { get; }

    /// <summary>Changes with everything that decides what the receiver may see.</summary>
    public byte[] Digest { get; }

    /// <summary>Nothing flows in this direction.</summary>
    public bool IsEmpty => _kinds.Count == 0;

    /// <summary>What holds for a kind; null when it doesn't flow.</summary>
    public KindTerms? For(string kind) => _kinds.GetValueOrDefault(kind);

    /// <summary>Whether the pairing of divisions lets a record through.</summary>
    public bool IsWithinDivisions(IEnumerable<ScopeKey> scope) =>
        !_isPaired || scope.Any(key => key.Name == ScopeNames.Division && _divisions.Any(
            code => key.Value.StartsWith(code, StringComparison.Ordinal)));

    private static FieldPlan? SharedPlan(KindRule rule, RecordKind? kind) =>
        rule.Gate == Gate.Party && kind is { AlwaysShared.Count: > 0 }
            ? FieldPlan.Compile(
                rule.Fields.Where(field => kind.AlwaysShared.Contains((int)field.Number)), kind.Descriptor)
            : null;

    private static byte[] DigestOf(
        AgreementTerms agreement, byte[] digestKey, string[] scope, bool isWindingUp)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(agreement.Digest.Span);

        // The key itself stays out of the store.
        hash.AppendData(SHA256.HashData(digestKey));
        foreach (var part in scope)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part + "\n"));
        }

        if (isWindingUp)
        {
            hash.AppendData("winding up"u8);
        }

        return hash.GetHashAndReset();
    }
}

/// <summary>What may flow of one kind.</summary>
/// <param name="Gate">Which records.</param>
/// <param name="Fields">Which fields.</param>
/// <param name="IsPersonal">A legal basis is needed; so it is for a kind that this version doesn't know.</param>
/// <param name="Shared">
/// The fields that flow to a party of shared work also without a basis for the others; null for a kind that then
/// doesn't flow.
/// </param>
internal sealed record KindTerms(Gate Gate, FieldPlan Fields, bool IsPersonal, FieldPlan? Shared);
