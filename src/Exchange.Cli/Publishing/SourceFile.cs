using System.Security.Cryptography;
using System.Text;
using Exchange.Node.Imports;

namespace Exchange.Cli.Publishing;

/// <summary>A file to read through a mapping profile.</summary>
internal sealed class SourceFile(string path, Func<Stream> openInput)
{
    /// <summary>The path that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const int NameLength = 16;

    public string Path => path;

    public required MappingProfile Profile { get; init; }

    public required ImportOptions Options { get; init; }

    /// <summary>Where refused rows are written.</summary>
    public required string RejectsPath { get; init; }

    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public Stream Open() => path == StandardInput ? openInput() : File.OpenRead(path);

    /// <summary>
    /// A name that stays the same for the same content read in the same way, so that a publication that was broken off
    /// goes
    /// on when the command is repeated. A new one each time for standard input, which can't be read twice.
    /// </summary>
    public async Task<string> StreamNameAsync(CancellationToken cancellationToken)
    {
        if (path == StandardInput)
        {
            return $"input-{Guid.NewGuid():N}"[..(NameLength + 6)];
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var columns = Options.Columns.Select(column => $"{column.Key}={column.Value}");
        var reading = string.Join('\n', [Profile.Name, Options.Source, .. columns]);
        hash.AppendData(Encoding.UTF8.GetBytes(reading));
        await using var stream = Open();
        hash.AppendData(await SHA256.HashDataAsync(stream, cancellationToken));
        return "file-" + Convert.ToHexStringLower(hash.GetHashAndReset())[..NameLength];
    }
}
