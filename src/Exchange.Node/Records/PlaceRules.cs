using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What every place must keep to.</summary>
internal static class PlaceRules
{
    /// <summary>How a code must be written.</summary>
    public const string CodeForm =
        "It must have 2, 4, 6, 9 or 12 digits without padding zeros, such as 530627 for 530627000000.";

    /// <summary>Checks one place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="prefix">What its fields' paths begin with.</param>
    public static IEnumerable<FieldViolation> Check(Place place, string prefix)
    {
        if (TextRules.IsBlank(place.Words))
        {
            yield return new(prefix + "words", "It is empty. Name the place in the source's own words.");
        }

        if (place.DivisionCode.Length > 0 && !Divisions.IsNormal(place.DivisionCode))
        {
            yield return new(prefix + "division_code", CodeForm);
        }
    }

    /// <summary>
    /// The place's code for indexes and agreements; empty when it has none, or (by sync) one in no known form.
    /// </summary>
    public static string Code(Place? place) =>
        place is not null && Divisions.TryNormalise(place.DivisionCode, out var code) ? code : "";
}
