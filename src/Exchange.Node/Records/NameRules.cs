using Exchange.Node.Standards;
using Exchange.V1;
using Google.Protobuf.Reflection;

namespace Exchange.Node.Records;

/// <summary>
/// What a text must keep to because of its field's name: the contract names a thing the same way everywhere, so that a
/// kind that is added needs no rule of its own for it.
/// </summary>
internal static class NameRules
{
    /// <summary>Checks one text.</summary>
    public static IEnumerable<FieldViolation> Check(NamedForm form, string text, string path) => form switch
    {
        NamedForm.RecordId => ReferenceRules.CheckId(text, path),
        NamedForm.Node => ReferenceRules.CheckNode(text, path),
        NamedForm.PersonPhone => PersonRules.CheckPhone(text, path),
        NamedForm.OfficePhone => PersonRules.CheckOfficePhone(text, path),
        NamedForm.PersonName => PersonRules.CheckMasked(text, path),
        NamedForm.CreditCode => CheckCreditCode(text, path),
        NamedForm.DivisionCode => CheckDivision(text, path),
        _ => [],
    };

    /// <summary>Checks one number.</summary>
    public static IEnumerable<FieldViolation> Check(NamedForm form, long number, string path)
    {
        if (number < 0)
        {
            yield return new(path, "It is negative. Send 0 when there is none or none is stated.");
        }
        else if (form == NamedForm.Year && number is > 0 and (< DateRules.FirstYear or > DateRules.LastYear))
        {
            yield return new(path, "It must be a year of four digits, such as 2018.");
        }
    }

    /// <summary>What the name of a text or of a number says of it.</summary>
    public static NamedForm FormOf(FieldDescriptor field)
    {
        if (field.FieldType == FieldType.Int32 && (field.Name == "year" || EndsWith(field.Name, "_year")))
        {
            return NamedForm.Year;
        }

        // Places and divisions have rules of their own for their codes, which name more than the form.
        if (field.FieldType != FieldType.String
            || field.ContainingType == Place.Descriptor || field.ContainingType == Division.Descriptor)
        {
            return NamedForm.None;
        }

        var name = field.Name;
        return name switch
        {
            "phone" => NamedForm.PersonPhone,
            "office_phone" => NamedForm.OfficePhone,
            _ when EndsWith(name, "credit_code") => NamedForm.CreditCode,
            _ when EndsWith(name, "_id") || EndsWith(name, "_ids") => NamedForm.RecordId,
            _ when EndsWith(name, "_node") => NamedForm.Node,
            _ when EndsWith(name, "person_name") => NamedForm.PersonName,
            _ when EndsWith(name, "division_code") || EndsWith(name, "division_codes") => NamedForm.DivisionCode,
            _ => NamedForm.None,
        };
    }

    private static IEnumerable<FieldViolation> CheckCreditCode(string code, string path)
    {
        if (code.Length > 0 && !CreditCode.TryNormalise(code, out _))
        {
            yield return new(
                path,
                "It must have 18 characters of 0-9 and A-Z without I, O, S, V, Z, and a right check character. "
                + "Compare it with the licence, or leave it empty.");
        }
    }

    private static IEnumerable<FieldViolation> CheckDivision(string code, string path)
    {
        if (code.Length > 0 && !Divisions.IsNormal(code))
        {
            yield return new(path, PlaceRules.CodeForm);
        }
    }

    private static bool EndsWith(string name, string ending) => name.EndsWith(ending, StringComparison.Ordinal);
}
