namespace Exchange.Node.Imports.Values;

/// <summary>The forms of a time of day that a profile accepts.</summary>
[Flags]
internal enum TimeForms
{
    None = 0,

    /// <summary>08:30 AM, 8:30pm, 9am.</summary>
    TwelveHours = 1,

    /// <summary>08:30, 17:00.</summary>
    TwentyFourHours = 2,

    /// <summary>A spreadsheet's fraction of a day: 0.35416666666666669 is 08:30.</summary>
    Excel = 4,
}
