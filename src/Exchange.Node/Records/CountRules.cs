namespace Exchange.Node.Records;

/// <summary>What counts that belong together must keep to.</summary>
internal static class CountRules
{
    /// <summary>A part is no more than the whole; 0 stands for a whole that isn't stated.</summary>
    public static IEnumerable<FieldViolation> CheckWithin(long part, string path, long whole, string wholeName)
    {
        if (whole > 0 && part > whole)
        {
            yield return new(path, $"It is more than {wholeName}. Correct one of the two.");
        }
    }

    /// <summary>A count is no less than the records that are listed; 0 stands for one that isn't stated.</summary>
    public static IEnumerable<FieldViolation> CheckListed(int listed, int count, string path, string listName)
    {
        if (count > 0 && count < listed)
        {
            yield return new(path, $"It is less than the records in {listName}. Correct one of the two.");
        }
    }

    /// <summary>A list has no more than so many entries.</summary>
    public static IEnumerable<FieldViolation> CheckMost(int count, string path, int most)
    {
        if (count > most)
        {
            yield return new(path, $"It has {count} entries; it may have {most}. Write several records.");
        }
    }
}
