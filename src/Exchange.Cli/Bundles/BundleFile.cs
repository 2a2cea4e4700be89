namespace Exchange.Cli.Bundles;

/// <summary>A file that appears under its name once it is whole and on the disk.</summary>
internal sealed class BundleFile : IDisposable
{
    private readonly string _path;
    private readonly string _part;
    private readonly FileStream _file;

    /// <summary>Begins it beside where it will stand.</summary>
    /// <exception cref="CommandException">A file of that name is there.</exception>
    public BundleFile(string path)
    {
        if (File.Exists(path))
        {
            throw new CommandException(
                ExitCode.Usage,
                $"'{path}' is there already. Move it away or name another file, so that no bundle is lost.");
        }

        (_path, _part) = (path, path + ".part");
        _file = File.Create(_part);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _file.WriteAsync(bytes, cancellationToken);

    /// <summary>Gives it its name; returns its length.</summary>
    public long Keep()
    {
        _file.Flush(flushToDisk: true);
        var length = _file.Length;
        _file.Dispose();
        File.Move(_part, _path);
        return length;
    }

    /// <summary>Drops it, unless it was kept.</summary>
    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_part);
    }
}
