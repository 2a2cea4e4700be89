using Exchange.Cli.Output;
using Exchange.V1;

namespace Exchange.Cli.Client;

/// <summary>One difference.</summary>
/// <param name="Kind">The record's kind; null for a sum.</param>
/// <param name="Id">The record's id; null for a sum.</param>
/// <param name="Cause">What was wrong, such as <c>damaged-at-receiver</c>.</param>
/// <param name="Node">The node whose data was wrong.</param>
/// <param name="Repaired">It is right now.</param>
internal sealed record RepairReport(string? Kind, string? Id, string Cause, string Node, bool Repaired)
{
    public static RepairReport From(SyncRepair repair) => new(
        repair.Kind.Length == 0 ? null : repair.Kind,
        repair.Id.Length == 0 ? null : repair.Id,
        Names.Lower(repair.Cause.ToString()),
        repair.Node,
        repair.Repaired);

    public string Line()
    {
        var what = Kind is null ? "a running sum" : $"{Kind} {Id}";
        return $"  {what} at {Node}: {Cause}, {(Repaired ? "repaired" : "not repaired")}";
    }
}
