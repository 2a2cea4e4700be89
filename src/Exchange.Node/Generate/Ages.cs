namespace Exchange.Node.Generate;

/// <summary>Ages in whole years.</summary>
internal static class Ages
{
    public static int At(DateOnly birthDate, DateOnly day)
    {
        var years = day.Year - birthDate.Year;
        return birthDate.AddYears(years) > day ? years - 1 : years;
    }
}
