namespace Exchange.Cli.Client;

/// <summary>The node's own certificate; the JSON of <c>exchange certificate show</c>.</summary>
/// <param name="Subject">Whom it names.</param>
/// <param name="Key">The SHA-256 of its public key, in hexadecimal.</param>
/// <param name="ValidTo">Until when it is good.</param>
/// <param name="NextKey">The same of the next one; null when the node doesn't roll over.</param>
/// <param name="Announced">Since when partners are told; null while a CA is to issue it.</param>
/// <param name="ChangesBy">When the node changes over at the latest.</param>
/// <param name="WaitingFor">The partners that haven't got it.</param>
internal sealed record CertificateReport(
    string Subject,
    string Key,
    DateTimeOffset ValidTo,
    string? NextKey,
    DateTimeOffset? Announced,
    DateTimeOffset? ChangesBy,
    IReadOnlyList<string> WaitingFor)
{
    public IEnumerable<string> Lines()
    {
        yield return $"{Subject}, key {Key}, good until {ValidTo:yyyy-MM-dd}";
        if (NextKey is null)
        {
            yield break;
        }

        yield return Announced is { } since
            ? $"next: key {NextKey}, announced since {since:yyyy-MM-dd}; shown from {ChangesBy:yyyy-MM-dd} on at the "
                + "latest"
            : $"next: key {NextKey}, waits for its certificate: exchange certificate install FILE";
        if (WaitingFor.Count > 0)
        {
            yield return $"hasn't got it yet: {string.Join(", ", WaitingFor)}";
        }
    }
}
