using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>What happened in one history: everything that was ever written, and under which terms.</summary>
internal sealed class FlowWorld(FlowNode region, FlowNode city, Action<string> injected)
{
    private static readonly string[] Counties = ["530621", "530627"];

    private uint _version = 1;

    public FlowNode Region { get; } = region;

    public FlowNode City { get; } = city;

    /// <summary>Told every trouble that was made.</summary>
    public Action<string> Injected { get; } = injected;

    /// <summary>The agreement that the sessions have.</summary>
    public Agreement Agreement { get; private set; } = SampleAgreements.City();

    /// <summary>The agreement that the next session will have.</summary>
    public Agreement Next { get; private set; } = SampleAgreements.City();

    public List<Person> People { get; } = [];

    public List<Happening> Events { get; } = [];

    /// <summary>Vacancies and employers of the city; false once they are deleted.</summary>
    public Dictionary<RecordKey, bool> Offers { get; } = [];

    /// <summary>Told what is written, for whoever looks into a failing seed.</summary>
    public Action<string>? Trace { get; init; }

    /// <summary>No more trouble is made.</summary>
    public bool IsCalm { get; set; }

    /// <summary>The first promise that a node saw broken; null as long as none was.</summary>
    public string? Broken { get; set; }

    public FlowNode Other(FlowNode node) => ReferenceEquals(node, Region) ? City : Region;

    /// <summary>Both parties agree on something else, from the next session on.</summary>
    public void Renegotiate(Random chance)
    {
        Injected("a change of the agreement");
        var next = SampleAgreements.City(++_version);
        var (there, back) = (next.Flows[0], next.Flows[1]);
        var worker = there.Kinds.Single(rule => rule.Kind == "worker");
        if (chance.Next(2) == 0)
        {
            worker.Gate = Gate.All;
            var first = chance.Next(2);
            foreach (var county in Counties.Skip(first).Take(1 + chance.Next(2)))
            {
                there.DivisionPairs.Add(new DivisionPair { FromCode = county, ToCode = "441900118" });
            }
        }

        if (chance.Next(3) == 0)
        {
            worker.Fields.Remove(worker.Fields.Single(field => field.Number == Worker.PhoneFieldNumber));
        }

        Drop(there, "worker", chance.Next(6) == 0);
        Drop(there, "placement_event", chance.Next(5) == 0);
        Drop(back, "vacancy", chance.Next(4) == 0);
        Drop(back, "employer", chance.Next(4) == 0);
        Next = next;
        Trace?.Invoke($"both agree on {next.Flows}");
    }

    public void BeginSession() => Agreement = Next;

    private static void Drop(AgreementFlow flow, string kind, bool isDropped)
    {
        if (isDropped)
        {
            flow.Kinds.Remove(flow.Kinds.Single(rule => rule.Kind == kind));
        }
    }
}
