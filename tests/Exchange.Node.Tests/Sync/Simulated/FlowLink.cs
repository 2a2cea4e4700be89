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
        else if (Today.Equals(_next.ValidToDate))
        {
            world.Injected("an agreement that comes back after it lapsed");
        }
        else
        {
            TellChanges(_next, next);
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

    private void TellChanges(Agreement before, Agreement after)
    {
        var (old, now) = (Scope(before), Scope(after));
        var (isWider, isNarrower) = (!now.IsSubsetOf(old), !old.IsSubsetOf(now));
        world.Injected((isWider, isNarrower) switch
        {
            (true, true) => "an agreement that widens and narrows",
            (true, false) => "an agreement that widens",
            (false, true) => "an agreement that narrows",
            _ => "a version of an agreement that changes nothing",
        });
    }

    // What may flow, word by word: more words are more, except that a gate for referred persons lets fewer through.
    private static HashSet<string> Scope(Agreement agreement)
    {
        var words = new HashSet<string>();
        foreach (var flow in agreement.Flows)
        {
            foreach (var kind in flow.Kinds)
            {
                var name = $"{flow.FromNode} {flow.ToNode} {kind.Kind}";
                words.Add(name);
                words.UnionWith(kind.Fields.Select(field => $"{name} field {field.Number}"));
                words.UnionWith(kind.Gate != Gate.All ? [] : flow.DivisionPairs.Select(pair => pair.FromCode)
                    .DefaultIfEmpty("").Select(code => $"{name} from {code}"));
            }
        }

        return words;
    }

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
