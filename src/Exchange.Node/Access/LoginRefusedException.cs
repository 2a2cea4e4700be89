namespace Exchange.Node.Access;

/// <summary>Why what a caller showed doesn't let it in.</summary>
internal sealed class LoginRefusedException(string fault) : Exception(fault)
{
    /// <summary>Too many failed from that address; how long to wait. Null when it is the first time.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
