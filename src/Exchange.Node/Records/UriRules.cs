namespace Exchange.Node.Records;

/// <summary>What an address of a page must keep to.</summary>
internal static class UriRules
{
    /// <summary>Checks an address that may be empty.</summary>
    public static IEnumerable<FieldViolation> Check(string text, string path)
    {
        if (text.Length == 0)
        {
            yield break;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || text.Any(c => c == '\\' || char.IsWhiteSpace(c)))
        {
            yield return new(path, "It must be a whole address that begins with http:// or https://.");
        }
        else if (Authority(text).Contains('@'))
        {
            yield return new(path, "It names a user or a password. Leave them out.");
        }
    }

    // Read from the text, because Uri drops an empty user without a trace.
    private static ReadOnlySpan<char> Authority(ReadOnlySpan<char> uri)
    {
        var rest = uri[(uri.IndexOf("//") + 2)..];
        var end = rest.IndexOfAny('/', '?', '#');
        return end < 0 ? rest : rest[..end];
    }
}
