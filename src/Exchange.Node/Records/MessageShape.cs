using System.Collections.Concurrent;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>What is to be checked of a message's fields, worked out once for each message.</summary>
internal sealed class MessageShape
{
    private static readonly ConcurrentDictionary<MessageDescriptor, MessageShape> Known = new();

    private MessageShape(MessageDescriptor message)
    {
        Fields =
        [
            .. message.Fields.InFieldNumberOrder()
                .Where(field => IsNumber(field)
                    || field.FieldType is FieldType.String or FieldType.Enum or FieldType.Message)
                .Select(field => new ShapedField(
                    field, NameRules.FormOf(field), RequiredFields.Of(message).Contains(field.Name), IsNumber(field))),
        ];
        Periods =
        [
            .. from field in message.Fields.InFieldNumberOrder()
               where field.FieldType == FieldType.Message
               let end = EndOf(field.Name)
               where end.Length > 0 && message.FindFieldByName(end) is not null
               select (field, message.FindFieldByName(end)),
        ];
    }

    /// <summary>The fields that are checked, by rising number.</summary>
    public IReadOnlyList<ShapedField> Fields { get; }

    /// <summary>Pairs of days of which the second must not be earlier.</summary>
    public IReadOnlyList<(FieldDescriptor First, FieldDescriptor Last)> Periods { get; }

    /// <summary>The shape of a message.</summary>
    public static MessageShape Of(MessageDescriptor message) => Known.GetOrAdd(message, m => new MessageShape(m));

    private static bool IsNumber(FieldDescriptor field) => field.FieldType is FieldType.Int32 or FieldType.Int64;

    private static string EndOf(string name) => name switch
    {
        "start_date" => "end_date",
        "from_date" => "to_date",
        "valid_from_date" => "valid_to_date",
        _ => "",
    };
}

/// <summary>One field that is checked.</summary>
/// <param name="Field">The field.</param>
/// <param name="Form">What its name says.</param>
/// <param name="IsRequired">It must be set.</param>
/// <param name="IsNumber">It counts or measures something, which is never negative.</param>
internal sealed record ShapedField(FieldDescriptor Field, NamedForm Form, bool IsRequired, bool IsNumber);
