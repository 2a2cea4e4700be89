using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// One direction of an agreement, made ready for use: what may flow from one node to another on a day, and for which
/// purposes. A purpose is told by its bit: the place of its flow among those of the direction.
/// </summary>
internal sealed class FlowTerms
{
    private readonly Dictionary<string, KindTerms> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<uint, PurposeSet> _named = new();
    private readonly AgreementFlow[] _flows;
    private readonly uint _version;

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
        Recipients =
        [
            to,
            .. agreement.Agreement.Successions.Where(one => one.ByNode == to).Select(one => one.Node),
        ];
        Predecessors = [.. agreement.Agreement.Successions.Where(one => one.ByNode == from).Select(one => one.Node)];
        _flows = [.. agreement.Flows(from, to)];
        _version = agreement.Agreement.Version;
        Purposes = Array.ConvertAll(_flows, flow => flow.Purpose);
        MayPassOnTo = [.. _flows.SelectMany(flow => flow.MayPassOnTo).Distinct(StringComparer.Ordinal)];
        All = Named(uint.MaxValue);
        string[]?[] divisions = Array.ConvertAll(_flows, flow => DivisionsOf(flow, day));
        foreach (var (i, flow) in (windsUpBy is null ? _flows : []).Index())
        {
            foreach (var rule in flow.Kinds)
            {
                var kind = kinds.Find(rule.Kind);
                if (kind is { StaysHome: true })
                {
                    // An agreement was signed for it by somebody else's software; it is followed in all the rest.
                    continue;
                }

                var fields = FieldPlan.Compile(rule.Fields, kind?.Descriptor);
                var purpose = new PurposeRule(
                    1u << i, flow.Purpose, rule.Gate, fields, SharedPlan(rule, kind), divisions[i], flow.PassesOnFrom);
                _kinds[rule.Kind] = _kinds.TryGetValue(rule.Kind, out var others)
                    ? new KindTerms([.. others.Rules, purpose], others.IsPersonal, NamesWorkers(kind))
                    : new KindTerms(
                        [purpose], kind is not { IsPersonal: false }, NamesWorkers(kind));
            }
        }

        string[]?[] scope = [.. divisions, [.. Origins.Order()]];
        Digest = DigestOf(agreement, digestKey, scope, windsUpBy is not null);
    }

    /// <summary>The agreement ends: by then everything must be gone at the receiver. Null while it lasts.</summary>
    public DateTimeOffset? WindsUpBy { get; }

    /// <summary>The giving node.</summary>
    public string From { get; }

    /// <summary>The receiving node.</summary>
    public string To { get; }

    /// <summary>
    /// The receiving node, and the nodes whose place it took: what names one of them names it.
    /// </summary>
    public IReadOnlyList<string> Recipients { get; }

    /// <summary>Nodes whose place the giver took: it may give what was at home there as its own.</summary>
    public IReadOnlyList<string> Predecessors { get; }

    /// <summary>The nodes that took the giver's own place: nothing that it writes counts any more.</summary>
    public IReadOnlyList<string> Heirs { get; init; } = [];

    /// <summary>
    /// Other nodes whose records flow here as well: the giver holds them from their home and passes them on.
    /// </summary>
    public IReadOnlyList<string> Origins { get; }

    /// <summary>Nodes to which the receiver may pass on what it is given.</summary>
    public IReadOnlyList<string> MayPassOnTo { get; }

    /// <summary>The agreement's id.</summary>
    public string Agreement { get; }

    /// <summary>What the data may be used for, by bit.</summary>
    public IReadOnlyList<string> Purposes { get; }

    /// <summary>All purposes together.</summary>
    public PurposeSet All { get; }

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

    /// <summary>Some of the purposes, by their bits.</summary>
    public PurposeSet Named(uint purposes) => _named.GetOrAdd(purposes, Name);

    private PurposeSet Name(uint purposes)
    {
        var flows = _flows.Where((_, i) => (purposes & (1u << i)) != 0).ToList();
        return new PurposeSet(
            $"{string.Join('+', flows.Select(flow => flow.Profile))}:{_version}",
            string.Join(PurposeSet.Separator, flows.Select(flow => flow.Purpose)));
    }

    // Shared work has a part that flows to its parties whatever a person decides.
    private static bool NamesWorkers(RecordKind? kind) => kind is { NamesWorkers: true, AlwaysShared.Count: 0 };

    private static string[]? DivisionsOf(AgreementFlow flow, DateOnly day) => flow.DivisionPairs.Count == 0
        ? null
        : [.. flow.DivisionPairs.Where(pair => AgreementTerms.IsInForce(pair, day)).Select(pair => pair.FromCode)];

    private static FieldPlan? SharedPlan(KindRule rule, RecordKind? kind) =>
        rule.Gate == Gate.Party && kind is { AlwaysShared.Count: > 0 }
            ? FieldPlan.Compile(
                rule.Fields.Where(field => kind.AlwaysShared.Contains((int)field.Number)), kind.Descriptor)
            : null;

    private static byte[] DigestOf(
        AgreementTerms agreement, byte[] digestKey, string[]?[] scope, bool isWindingUp)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(agreement.Digest.Span);

        // The key itself stays out of the store.
        hash.AppendData(SHA256.HashData(digestKey));
        foreach (var parts in scope)
        {
            foreach (var part in parts ?? [])
            {
                hash.AppendData(Encoding.UTF8.GetBytes(part + "\n"));
            }

            hash.AppendData("\n"u8);
        }

        if (isWindingUp)
        {
            hash.AppendData("winding up"u8);
        }

        return hash.GetHashAndReset();
    }
}
