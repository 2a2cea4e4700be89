using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Node.Sync;

/// <summary>
/// The versions of the sync protocol that a node speaks, and from which days on it refuses the older of them. Partners
/// are told of these days beforehand, so that whoever must upgrade hears of it while the two can still talk.
/// </summary>
/// <param name="min">The lowest version, until the first of the days.</param>
/// <param name="max">The highest.</param>
/// <param name="ends">
/// The days that are decided. A version stands here for at least a release before it is dropped.
/// </param>
internal sealed class ProtocolVersions(uint min, uint max, params IReadOnlyList<ProtocolEnd> ends)
{
    private const int MaxEnds = 16;

    /// <summary>Those of this software: nothing older is spoken yet that could be refused.</summary>
    public static ProtocolVersions Current { get; } = new(1, 1);

    /// <summary>The highest version.</summary>
    public uint Max => max;

    /// <summary>From which days on older versions are refused.</summary>
    public IReadOnlyList<ProtocolEnd> Ends => ends;

    /// <summary>The lowest version on a day.</summary>
    public uint MinOn(DateOnly day) =>
        ends.Where(end => DateRules.Day(end.FromDate) <= day).Select(end => end.MinProtocol).Append(min).Max();

    /// <summary>Which of two nodes must be upgraded, and by when; null when neither must.</summary>
    /// <param name="node">The node of these versions.</param>
    /// <param name="peer">Its partner.</param>
    /// <param name="theirs">What the partner said; null when it never did.</param>
    public ProtocolDeadline? DeadlineWith(string node, string peer, PeerProtocol? theirs) => theirs is null
        ? null
        : Deadline(peer, theirs.MaxProtocol, node, ends) ?? Deadline(node, max, peer, theirs.ProtocolEnds);

    /// <summary>What a Hello says of the protocol; null for another node's, and for what can't be.</summary>
    public static PeerProtocol? Said(SyncHello hello, string peer) =>
        hello.Node != peer || !AreSound(hello.ProtocolEnds)
            ? null
            : new PeerProtocol
            {
                MinProtocol = hello.MinProtocol,
                MaxProtocol = hello.MaxProtocol,
                ProtocolEnds = { hello.ProtocolEnds },
            };

    /// <summary>Whether what a partner says can be: few, of real versions, on real days.</summary>
    public static bool AreSound(IReadOnlyCollection<ProtocolEnd> ends) =>
        ends.Count <= MaxEnds && ends.All(end => end.MinProtocol > 0 && DateRules.Day(end.FromDate) is not null);

    private static ProtocolDeadline? Deadline(
        string node, uint speaks, string refusing, IReadOnlyCollection<ProtocolEnd> ends) => ends
        .Where(end => end.MinProtocol > speaks)
        .OrderBy(end => DateRules.Day(end.FromDate))
        .Select(end => new ProtocolDeadline
        {
            Node = node,
            RefusingNode = refusing,
            MaxProtocol = speaks,
            NeededProtocol = end.MinProtocol,
            FromDate = end.FromDate,
        })
        .FirstOrDefault();
}
