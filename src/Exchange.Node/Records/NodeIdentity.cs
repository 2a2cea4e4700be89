namespace Exchange.Node.Records;

/// <summary>Which node this is.</summary>
/// <param name="Id">Unique among partners: <c>zhaotong</c>.</param>
/// <param name="Name">The body that runs it.</param>
/// <param name="TestNode">Accepts ID numbers with place codes that were never issued.</param>
internal sealed record NodeIdentity(string Id, string Name, bool TestNode)
{
    /// <summary>Days in the contract are days here.</summary>
    public static TimeZoneInfo TimeZone { get; } =
        TimeZoneInfo.CreateCustomTimeZone("Asia/Shanghai", TimeSpan.FromHours(8), "Asia/Shanghai", "Asia/Shanghai");

    /// <summary>The day in Asia/Shanghai, which has had no summer time since 1991.</summary>
    public static DateOnly Today(TimeProvider time) => DayOf(time.GetUtcNow());

    /// <summary>The day in Asia/Shanghai in which a moment lies.</summary>
    public static DateOnly DayOf(DateTimeOffset moment) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment, TimeZone).DateTime);

    /// <summary>The moment at which a day begins in Asia/Shanghai.</summary>
    public static DateTimeOffset StartOf(DateOnly day) =>
        new(day.ToDateTime(TimeOnly.MinValue), TimeZone.BaseUtcOffset);
}
