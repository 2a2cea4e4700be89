using Exchange.Node.Errors;
using Exchange.Node.Standards;
using Exchange.V1;

namespace Exchange.Node.Records;

/// <summary>What every place must keep to.</summary>
internal static class PlaceRules
{
    /// <summary>How a code must be written.</summary>
    public const string CodeForm =
        "It must have 2, 4, 6, 9 or 12 digits without padding zeros, such as 530627 for 530627000000.";

    /// <summary>Refuses a request's code of another form; an empty one names no place.</summary>
    /// <exception cref="ExchangeException">It isn't a code.</exception>
    public static void RequireCode(string code, string field = "division_code")
    {
        if (code.Length > 0 && !Divisions.IsNormal(code))
        {
            throw ExchangeException.Invalid(field, CodeForm);
        }
    }

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

    /// <summary>Checks that a place has a code, and of which level it is.</summary>
    /// <param name="place">The place; an absent one is the business of another rule.</param>
    /// <param name="path">The field.</param>
    /// <param name="highest">The highest level that it may have.</param>
    /// <param name="lowest">The lowest.</param>
    public static IEnumerable<FieldViolation> CheckLevel(
        Place? place, string path, DivisionLevel highest, DivisionLevel lowest)
    {
        if (place is null || (place.DivisionCode.Length > 0 && Code(place).Length == 0))
        {
            yield break;
        }

        var level = Divisions.LevelOf(place.DivisionCode);
        if (level < highest || level > lowest)
        {
            yield return new(
                path + ".division_code",
                highest == lowest
                    ? $"It must be the code of a {Word(highest)}."
                    : $"It must be a code between {Word(highest)} and {Word(lowest)}.");
        }
    }

    /// <summary>
    /// The place's code for indexes and agreements; empty when it has none, or (by sync) one in no known form.
    /// </summary>
    public static string Code(Place? place) =>
        place is not null && Divisions.TryNormalise(place.DivisionCode, out var code) ? code : "";

    private static string Word(DivisionLevel level) => level.ToString().ToLowerInvariant();
}
