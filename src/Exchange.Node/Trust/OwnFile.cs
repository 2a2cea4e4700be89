namespace Exchange.Node.Trust;

/// <summary>Files that only their owner may read.</summary>
internal static class OwnFile
{
    /// <summary>
    /// Writes a file in the place of another, whole or not at all, durably.
    /// </summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var draft = path + ".new";
        File.Delete(draft);
        using (var file = New(draft))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Begins a new file; refuses to overwrite.</summary>
    public static FileStream New(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
