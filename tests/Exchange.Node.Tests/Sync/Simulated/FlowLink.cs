using Exchange.V1;
using Google.Type;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>Two nodes and the agreement between them, which both change now and then.</summary>
internal sealed class FlowLink(FlowNode one, FlowNode other, Func<uint, Agreement> sample, FlowWorld world)
{
    // The agreement's last day: the history takes place on it.
    private static readonly Date Today = new() { Year = 2026, Month = 3, Day = 2 };

    private static readonly string[] Counties = ["530621", "530627"];

    private Agreement _next = sample(1);
    private uint _version = 1;

    public FlowNode One { get; } = one;

    public FlowNode Other { get; } = other;

    /// <summary>The agreement that the sessions have.</summary>
    public Agreement Agreement { get; private set; } = sample(1);

    /// <summary>Both parties agree on something else, from the next session on.</summary>
    public void Renegotiate(Random chance)
    {
        var next = sample(++_version);
        foreach (var flow in next.Flows)
        {
            Change(flow, chance);
        }

        if (chance.Next(6) == 0)
        {
            world.Injected("an agreement that lapses");
            next.ValidToDate = Today;
        }
        else
        {
            world.Injected("a change of an agreement");
        }

        _next = next;
        world.Trace?.Invoke($"{One.Id} and {Other.Id} agree on {next.Flows}, until {next.ValidToDate}");
    }

    public void BeginSession() => Agreement = _next;

    /// <summary>What holds for a kind from one of the two nodes to the other; null when it doesn't flow.</summary>
    public KindRule? Rule(string from, string kind) =>
        Flow(from)?.Kinds.SingleOrDefault(rule => rule.Kind == kind);

    /// <summary>Whether a place is among those that the agreement pairs, if it pairs any.</summary>
    public bool IsPaired(string from, string place) => Flow(from)!.DivisionPairs is { } pairs
        && (pairs.Count == 0
            || pairs.Any(pair => place.Length > 0 && place.StartsWith(pair.FromCode, StringComparison.Ordinal)));

    private AgreementFlow? Flow(string from) => Today.Equals(Agreement.ValidToDate)
        ? null
        : Agreement.Flows.SingleOrDefault(flow => flow.FromNode == from);

    private static void Change(AgreementFlow flow, Random chance)
    {
        if (flow.Kinds.SingleOrDefault(rule => rule.Kind == "worker") is { } worker)
        {
            if (chance.Next(2) == 0)
            {
                worker.Gate = Gate.All;
                var first = chance.Next(2);
                foreach (var county in Counties.Skip(first).Take(1 + chance.Next(2)))
                {
                    flow.DivisionPairs.Add(new DivisionPair { FromCode = county, ToCode = "441900118" });
                }
            }

            if (chance.Next(3) == 0)
            {
                worker.Fields.Remove(worker.Fields.Single(field => field.Number == Worker.PhoneFieldNumber));
            }
        }

        Drop(flow, "worker", chance.Next(6) == 0);
        Drop(flow, "placement_event", chance.Next(5) == 0);
        Drop(flow, "vacancy", chance.Next(4) == 0);
        Drop(flow, "employer", chance.Next(4) == 0);
    }

    private static void Drop(AgreementFlow flow, string kind, bool isDropped)
    {
        if (isDropped && flow.Kinds.SingleOrDefault(rule => rule.Kind == kind) is { } rule)
        {
            flow.Kinds.Remove(rule);
        }
    }
}
