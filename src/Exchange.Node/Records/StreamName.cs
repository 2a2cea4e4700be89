namespace Exchange.Node.Records;

/// <summary>The form of names that callers choose: publishers, streams, sources.</summary>
internal static class StreamName
{
    public const string Rule = "It must have 1 to 64 characters of a-z, 0-9 and -.";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
