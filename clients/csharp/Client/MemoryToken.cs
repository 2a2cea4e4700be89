namespace Exchange.Client;

/// <summary>A place that is forgotten with the process.</summary>
public sealed class MemoryToken(string token = "") : ITokenStore
{
    /// <summary>The token; empty before the first.</summary>
    public string Token { get; private set; } = token;

    /// <inheritdoc />
    public Task<string> LoadAsync(CancellationToken cancellationToken) => Task.FromResult(Token);

    /// <inheritdoc />
    public Task SaveAsync(string token, CancellationToken cancellationToken)
    {
        Token = token;
        return Task.CompletedTask;
    }
}
