namespace Exchange.Node.Records;

/// <summary>The names of the declared keys that several kinds share.</summary>
internal static class IndexNames
{
    /// <summary>External key, "source:source_id"; unique among a node's own records of a kind.</summary>
    public const string External = "external";

    /// <summary>A place's division code, for prefix reads.</summary>
    public const string Division = "division";

    /// <summary>The blind token of a person's ID number; unique among a node's own workers.</summary>
    public const string Person = "person";

    /// <summary>
    /// The id of a person whom a record names, unless it is the person's own: how everything about one is found.
    /// </summary>
    public const string Subject = "subject";

    /// <summary>
    /// The blind token of an ID number that can't be one; masked ones aren't meant. Only on partners' records.
    /// </summary>
    public const string InvalidNumber = "invalid_number";

    /// <summary>The partner that gave a record back after a restore; gone once the record is written whole.</summary>
    public const string Partial = "partial";

    /// <summary>A vacancy's id, on the quotas for it and on the referrals to it.</summary>
    public const string Vacancy = "vacancy";

    /// <summary>A placement's id, on its events.</summary>
    public const string Placement = "placement";
}
