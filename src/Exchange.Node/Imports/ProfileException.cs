namespace Exchange.Node.Imports;

/// <summary>A mapping profile can't be used, or doesn't fit a file's header. Nothing was read.</summary>
internal sealed class ProfileException(string profile, IReadOnlyList<string> errors)
    : Exception($"The mapping profile '{profile}' can't be used: {string.Join(" ", errors)}")
{
    /// <summary>Everything that is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
