using System.Text;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Placements;

/// <summary>The page docs/reference/placement-states.md, written from the tables that the computation uses.</summary>
internal static class PlacementStatesPage
{
    private const string Beginning = """
        # Placement states

        <!-- Written from the tables in src/Exchange.Node/Placements; a test compares the two. -->

        A placement is computed from its events. Every node that holds the same events computes the same placement,
        whatever order they came in. Nothing else goes into it: not the day it is computed, and not who asks.

        ## The order

        Events are ordered by the day they happened, then by the clock reading of their version, then by node, then by
        event id. An event entered late takes its place by its day.

        Within a day the clocks tell when an event was entered, not when it happened. So of the possible orders of one
        day's events the one with the fewest contradictions counts, and of several such the one nearest to the clocks.
        (A day with more than six events is taken as the clocks have it.) A worker who arrived and started on the same
        day is at work, whichever was entered first.

        ## Events recorded in error

        An event is void if a RECORDED_IN_ERROR that isn't void itself names it. So:

        * voiding a void restores what it had voided;
        * either party may void any event, its own or the other's, and both go on seeing both;
        * clocks and days don't matter: a void counts whenever it was entered, and one that arrives before the event
          that it names waits for it;
        * RECORDED_IN_ERROR events that void each other in a circle have no effect, and the placement is disputed.

        A void event makes no state and contradicts nothing. It stays in the list of events, marked.

        ## Events that are withheld

        An event that was frozen or erased has no content here. It stays in the list of events, marked, with its
        placement, worker, node and id; it makes no state, contradicts nothing and voids nothing.

        ## The state

        The state is made by the last event that moves the placement. Steps may be missing, because they are entered
        late or never: somebody who started had been referred and had arrived. Both parties may enter the same step of
        the same day.

        """;

    private const string Moves = """

        These move nothing where they come on a later day, and contradict nothing either:

        * REFERRED, except after DECLINED, LEFT and RETURNED_HOME, where it begins anew;
        * INTERVIEWED and FIT_FOR_POST, except as the first events that are known;
        * OFFERED after DEPARTED or anything later: the paper may follow the person;
        * ARRIVED after DECLINED: somebody may be turned down on the way;
        * a further stay check, and a 3-month check that is made after the 6-month check;
        * LEFT and DECLINED after RETURNED_HOME: many resign only from home;
        * a second DECLINED.

        An event of a type that a node doesn't know yet makes no state and contradicts nothing.

        ## Contradictions

        A contradiction makes the placement disputed, with one sentence for each, which names types, days and nodes
        and never a person. The state shown meanwhile is that of the later event. A person settles it: by voiding the
        event that is wrong, or by entering the one that is missing.

        These contradict when nothing lies between them that is named in the last column:

        """;

    private const string Further = """

        These look at more than two events:

        """;

    /// <summary>The whole page.</summary>
    public static string Render()
    {
        var page = new StringBuilder(Beginning);
        page.Append("\n| event | state |\n| --- | --- |\n");
        foreach (var type in KnownTypes())
        {
            var state = PlacementStanding.States.TryGetValue(type, out var made) ? NameOf(made) : "none";
            page.Append($"| {ObservedEvent.NameOf(type)} | {state} |\n");
        }

        page.Append(Moves);
        page.Append("\n| contradiction | after | comes | without |\n| --- | --- | --- | --- |\n");
        foreach (var rule in Contradictions.Pairs)
        {
            page.Append($"| `{rule.Name}` | {List(rule.After)} | {List(rule.Then)} | {List(rule.Missing)} |\n");
        }

        page.Append(Further);
        page.Append("\n| contradiction | when |\n| --- | --- |\n");
        foreach (var (name, when) in Contradictions.Others)
        {
            page.Append($"| `{name}` | {when} |\n");
        }

        return page.ToString();
    }

    private static IEnumerable<PlacementEventType> KnownTypes() =>
        Enum.GetValues<PlacementEventType>().Where(type => type != PlacementEventType.Unspecified);

    private static string List(IEnumerable<PlacementEventType> types) =>
        string.Join(", ", types.Select(ObservedEvent.NameOf));

    private static string NameOf(PlacementState state)
    {
        var type = (EnumDescriptor)Placement.Descriptor.FindFieldByNumber(Placement.StateFieldNumber).EnumType;
        return type.FindValueByNumber((int)state).Name["PLACEMENT_STATE_".Length..];
    }
}
