namespace Exchange.Client;

/// <summary>A place in a file, which is written whole or not at all.</summary>
public sealed class FileToken(string path) : ITokenStore
{
    /// <inheritdoc />
    public async Task<string> LoadAsync(CancellationToken cancellationToken) =>
        File.Exists(path) ? (await File.ReadAllTextAsync(path, cancellationToken)).Trim() : "";

    /// <inheritdoc />
    public async Task SaveAsync(string token, CancellationToken cancellationToken)
    {
        await using (var file = File.Create(path + ".new"))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(token + "\n"), cancellationToken);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }
}
