using System.Collections;
using System.Collections.Concurrent;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Date = Google.Type.Date;

namespace Exchange.Node.Records;

/// <summary>
/// The rules that hold for a field because of its type, wherever it stands: texts, enums, dates, places, pay,
/// occupations, schooling. A field that a later contract adds is checked from its first day; kinds add what a record
/// means.
/// </summary>
internal static class ShapeRules
{
    private static readonly ConcurrentDictionary<MessageDescriptor, FieldDescriptor[]> Checked = new();

    /// <summary>Everything wrong with the shape of a message and of the messages in it.</summary>
    public static IEnumerable<FieldViolation> Check(IMessage message) => Check(message, "");

    private static IEnumerable<FieldViolation> Check(IMessage message, string prefix)
    {
        foreach (var field in Checked.GetOrAdd(message.Descriptor, FieldsToCheck))
        {
            var value = field.Accessor.GetValue(message);
            var path = prefix + field.Name;
            var violations = field.IsRepeated ? CheckAll(field, (IList)value, path) : CheckOne(field, value, path);
            foreach (var violation in violations)
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckAll(FieldDescriptor field, IList values, string path) =>
        values.Cast<object>().SelectMany((value, i) => CheckOne(field, value, $"{path}[{i}]"));

    private static IEnumerable<FieldViolation> CheckOne(FieldDescriptor field, object? value, string path) =>
        value switch
        {
            null => [],
            string text => TextRules.Check(field, text, path),
            Date date => DateRules.Check(field, date, path),
            IMessage message => CheckMessage(message, path + "."),
            _ => EnumRules.Check(field.EnumType, (int)value, path),
        };

    private static IEnumerable<FieldViolation> CheckMessage(IMessage message, string prefix)
    {
        IEnumerable<FieldViolation> own = message switch
        {
            Place place => PlaceRules.Check(place, prefix),
            PayRange pay => PayRules.Check(pay, prefix),
            Occupation occupation => OccupationRules.Check(occupation, prefix),
            Schooling schooling => SchoolingRules.Check(schooling, prefix),
            _ => [],
        };
        return Check(message, prefix).Concat(own);
    }

    private static FieldDescriptor[] FieldsToCheck(MessageDescriptor message) =>
    [
        .. message.Fields.InFieldNumberOrder()
            .Where(field => field.FieldType is FieldType.String or FieldType.Enum or FieldType.Message),
    ];
}
