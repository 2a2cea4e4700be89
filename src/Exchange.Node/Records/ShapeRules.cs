using System.Collections;
using Exchange.V1;
using Google.Protobuf;
using Date = Google.Type.Date;

namespace Exchange.Node.Records;

/// <summary>
/// The rules that hold for a field because of its type or its name, wherever it stands: texts, numbers, enums, dates,
/// places, pay, occupations, schooling, ids, nodes, telephones, codes. A field that a later contract adds is checked
/// from its first day; kinds add what a record means.
/// </summary>
internal static class ShapeRules
{
    /// <summary>Everything wrong with the shape of a message and of the messages in it.</summary>
    public static IEnumerable<FieldViolation> Check(IMessage message) => Check(message, "");

    private static IEnumerable<FieldViolation> Check(IMessage message, string prefix)
    {
        var shape = MessageShape.Of(message.Descriptor);
        foreach (var shaped in shape.Fields)
        {
            var field = shaped.Field;
            var value = field.Accessor.GetValue(message);
            var path = prefix + field.Name;
            var violations = field.IsRepeated ? CheckAll(shaped, (IList)value, path) : CheckOne(shaped, value, path);
            foreach (var violation in violations)
            {
                yield return violation;
            }

            foreach (var violation in shaped.IsRequired ? RequiredFields.Check(field, message, path) : [])
            {
                yield return violation;
            }
        }

        foreach (var (first, last) in shape.Periods)
        {
            var (from, to) = ((Date?)first.Accessor.GetValue(message), (Date?)last.Accessor.GetValue(message));
            foreach (var violation in DateRules.CheckOrder(from, to, first.Name, prefix + last.Name))
            {
                yield return violation;
            }
        }
    }

    private static IEnumerable<FieldViolation> CheckAll(ShapedField shaped, IList values, string path) =>
        values.Cast<object>().SelectMany((value, i) => CheckOne(shaped, value, $"{path}[{i}]"));

    private static IEnumerable<FieldViolation> CheckOne(ShapedField shaped, object? value, string path) =>
        value switch
        {
            null => [],
            string text => CheckText(shaped, text, path),
            Date date => DateRules.Check(shaped.Field, date, path),
            IMessage message => CheckMessage(message, path + "."),
            long number => NameRules.Check(shaped.Form, number, path),
            int number when shaped.IsNumber => NameRules.Check(shaped.Form, number, path),
            _ => EnumRules.Check(shaped.Field.EnumType, (int)value, path),
        };

    private static IEnumerable<FieldViolation> CheckText(ShapedField shaped, string text, string path)
    {
        if (text.Length == 0)
        {
            return [];
        }

        var violations = TextRules.Check(shaped.Field, text, path);
        return shaped.Form == NamedForm.None ? violations : violations.Concat(NameRules.Check(shaped.Form, text, path));
    }

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
}
