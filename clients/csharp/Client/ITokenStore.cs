namespace Exchange.Client;

/// <summary>
/// Where a watch keeps its place. A watch saves a token after its response was applied, never before. A system with a
/// database keeps it there, in the transaction that applies the response.
/// </summary>
public interface ITokenStore
{
    /// <summary>The token; empty before the first.</summary>
    Task<string> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a token.</summary>
    Task SaveAsync(string token, CancellationToken cancellationToken);
}
