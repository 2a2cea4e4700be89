using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Cli.Agreements;

/// <summary>An agreement in words: who gives what to whom, and who signed it.</summary>
internal static class AgreementText
{
    private static readonly RecordKinds Kinds = new();

    public static IEnumerable<string> Lines(AgreementReport report, Agreement agreement)
    {
        yield return $"{agreement.Id} version {agreement.Version}: {report.StateWords()}";
        var end = report.ValidTo is { } last ? $"to {last}" : "without an agreed end";
        yield return $"  from {report.ValidFrom} {end}";
        if (agreement.Title.Length > 0)
        {
            yield return $"  {agreement.Title}";
        }

        foreach (var party in report.Parties)
        {
            yield return $"  {party.Node} ({party.Name}): {(party.Signed ? "signed" : "NOT SIGNED")}, "
                + $"key {party.Fingerprint}";
        }

        foreach (var succession in agreement.Successions)
        {
            yield return $"  {succession.ByNode} takes the place of {succession.Node} "
                + $"(agreement {succession.AgreementId})";
        }

        if (agreement.Heir is { } heir)
        {
            yield return $"  after the last day {heir.ByNode} takes the place of {heir.Node}";
        }

        foreach (var line in agreement.Flows.SelectMany(Flow))
        {
            yield return line;
        }
    }

    private static IEnumerable<string> Flow(AgreementFlow flow)
    {
        yield return $"{flow.FromNode} gives to {flow.ToNode}, for {flow.Purpose} (projection {flow.Profile}):";
        foreach (var rule in flow.Kinds)
        {
            yield return $"  {rule.Kind}: {Gate(rule.Gate, flow.ToNode)}";
            yield return $"    {Fields(rule.Fields, Kinds.Find(rule.Kind)?.Descriptor)}";
        }

        foreach (var pair in flow.DivisionPairs)
        {
            yield return $"  pair {pair.FromCode} with {pair.ToCode}{Span(pair)}";
        }

        yield return flow.MayPassOnTo.Count == 0
            ? $"  {flow.ToNode} may pass nothing of it on"
            : $"  {flow.ToNode} may pass it on to {string.Join(", ", flow.MayPassOnTo)}";
        if (flow.PersonMatchesPerDay > 0)
        {
            yield return $"  {flow.ToNode} may ask about {flow.PersonMatchesPerDay} persons a day by their ID numbers";
        }
    }

    private static string Gate(Gate gate, string receiver) => gate switch
    {
        V1.Gate.All => "all of them",
        V1.Gate.NamedInPlacement => $"only persons whom a placement event names together with {receiver}",
        V1.Gate.Party => $"only those that name {receiver} as a party",
        _ => "none",
    };

    private static string Fields(IEnumerable<FieldRule> rules, MessageDescriptor? message) =>
        string.Join(", ", rules.Select(rule => Field(rule, message?.FindFieldByNumber((int)rule.Number))));

    // A field that this program doesn't know has only its number.
    private static string Field(FieldRule rule, FieldDescriptor? field)
    {
        var name = field?.Name ?? $"field {rule.Number}";
        return rule.Fields.Count > 0
            ? $"{name} ({Fields(rule.Fields, field?.MessageType)})"
            : name + Masked(rule.Mask);
    }

    private static string Masked(Mask mask) => mask switch
    {
        Mask.Name => " [as 王**]",
        Mask.IdNumber => " [as 530***********001X]",
        Mask.Phone => " [as 138******34]",
        Mask.County => " [its county]",
        _ => "",
    };

    private static string Span(DivisionPair pair) =>
        (pair.ValidFromDate is null ? "" : $" from {DayOption.Text(pair.ValidFromDate)}")
        + (pair.ValidToDate is null ? "" : $" to {DayOption.Text(pair.ValidToDate)}");
}
