using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// The fields whose comments say "Required.", of messages whose kinds have no rule of their own for it. An enum that
/// must be stated is here too: its zero is refused wherever it stands.
/// </summary>
internal static class RequiredFields
{
    private const string Package = "exchange.v1.";

    private static readonly FrozenDictionary<string, string[]> Stated = new Dictionary<string, string>
    {
        ["Division"] = "level",
        ["PlacementEvent"] = "placement_id worker_id vacancy_id sending_node receiving_node type",
        ["VacancyQuota"] = "vacancy_id partner_node expire_date",
    }.ToFrozenDictionary(pair => Package + pair.Key, pair => pair.Value.Split(' '), StringComparer.Ordinal);

    /// <summary>The messages with an entry.</summary>
    public static IReadOnlyList<string> Messages => Stated.Keys;

    /// <summary>The names of a message's required fields.</summary>
    public static IReadOnlyList<string> Of(MessageDescriptor message) =>
        Stated.GetValueOrDefault(message.FullName) ?? [];

    /// <summary>Checks that a required field is set; an enum's zero is the business of its own rule.</summary>
    public static IEnumerable<FieldViolation> Check(FieldDescriptor field, IMessage message, string path)
    {
        var lacking = field.Accessor.GetValue(message) switch
        {
            null => "It is missing. State it.",
            string text when TextRules.IsBlank(text) => NameRules.FormOf(field) switch
            {
                NamedForm.RecordId => "It is empty. Send the id of the record.",
                NamedForm.Node => "It is empty. Send the id of the node.",
                _ => "It is empty. State it.",
            },
            System.Collections.IList { Count: 0 } => "It is empty. List at least one.",
            0 or 0L when field.FieldType != FieldType.Enum => "It is 0. State it.",
            _ => null,
        };
        if (lacking is not null)
        {
            yield return new(path, lacking);
        }
    }
}
