namespace Exchange.Node.Access;

/// <summary>Files that nobody else on the machine may read.</summary>
internal static class PrivateFile
{
    /// <summary>Makes a new one and opens it for writing.</summary>
    /// <exception cref="IOException">There is such a file, or it can't be made.</exception>
    public static StreamWriter Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new StreamWriter(path, options);
    }
}
