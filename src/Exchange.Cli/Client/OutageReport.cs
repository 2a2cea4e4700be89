using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>A planned outage; in the JSON of <c>exchange outage</c> and <c>exchange status</c>.</summary>
/// <param name="Id">The id by which it is called off.</param>
/// <param name="Node">The node that will be away.</param>
/// <param name="Start">When it begins.</param>
/// <param name="End">When it is over.</param>
/// <param name="Reason">Why, in the words of whoever announced it.</param>
/// <param name="Announced">When it was announced.</param>
internal sealed record OutageReport(
    string Id, string Node, DateTimeOffset Start, DateTimeOffset End, string Reason, DateTimeOffset Announced)
{
    public static OutageReport From(PlannedOutage outage) => new(
        outage.Id,
        outage.Node,
        outage.StartTime.ToDateTimeOffset(),
        outage.EndTime.ToDateTimeOffset(),
        outage.Reason,
        outage.AnnounceTime.ToDateTimeOffset());

    /// <summary>The outage on a line.</summary>
    public string Line() => $"{Node} is away from {Start:u} to {End:u}: {Reason}";
}
