using Exchange.Node.Hosting;
using Exchange.Node.Trust;

namespace Exchange.Node.Bundles;

/// <summary>
/// Where bundles that come in are kept while they are read, more than once, as they are: encrypted. What a crash left
/// behind is dropped before the next one is taken.
/// </summary>
internal sealed class BundleSpool
{
    private const int BufferLength = 1 << 16;

    private readonly string _directory;

    public BundleSpool(DataDirectory data)
    {
        _directory = data.In("spool");
        Directory.CreateDirectory(_directory);
        foreach (var left in Directory.EnumerateFiles(_directory))
        {
            File.Delete(left);
        }
    }

    /// <summary>An empty file that is gone once it is closed.</summary>
    public FileStream Open() => PrivateFile.Create(
        Path.Combine(_directory, Path.GetRandomFileName()),
        new FileStreamOptions
        {
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            BufferSize = BufferLength,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        });
}
