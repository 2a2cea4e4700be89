using Exchange.Node.Records;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>A node that must be upgraded, or its partner refuses it; in the JSON of <c>exchange status</c>.</summary>
/// <param name="Node">The node.</param>
/// <param name="RefusingNode">The partner.</param>
/// <param name="FromDate">The first day on which it is refused.</param>
/// <param name="Speaks">The highest sync protocol version that it speaks.</param>
/// <param name="Needed">The lowest that is needed then.</param>
internal sealed record UpgradeReport(string Node, string RefusingNode, DateOnly? FromDate, uint Speaks, uint Needed)
{
    public static UpgradeReport? From(ProtocolDeadline? deadline) => deadline is null
        ? null
        : new(
            deadline.Node,
            deadline.RefusingNode,
            DateRules.Day(deadline.FromDate),
            deadline.MaxProtocol,
            deadline.NeededProtocol);

    /// <summary>What is to be done, on a line.</summary>
    public string Line(DateTimeOffset now) => NodeIdentity.DayOf(now) < FromDate
        ? $"upgrade {Node} before {FromDate:yyyy-MM-dd}: {RefusingNode} refuses it from that day on. {Why} then"
        : $"upgrade {Node} now: {RefusingNode} refuses it since {FromDate:yyyy-MM-dd}. {Why}";

    private string Why => $"It speaks sync protocol {Speaks}, and {Needed} is needed";
}
