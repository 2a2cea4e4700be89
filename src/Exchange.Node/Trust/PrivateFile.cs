using System.Text;

namespace Exchange.Node.Trust;

/// <summary>Files that nobody else on the machine may read: the account that runs the node, and it alone.</summary>
internal static class PrivateFile
{
    /// <summary>Makes a new one and opens it.</summary>
    /// <param name="path">Where; nothing may stand there.</param>
    /// <param name="options">How it is opened; null for writing. Its mode is set here.</param>
    /// <exception cref="IOException">There is such a file, or it can't be made.</exception>
    public static FileStream Create(string path, FileStreamOptions? options = null)
    {
        options ??= new FileStreamOptions { Access = FileAccess.Write };
        options.Mode = FileMode.CreateNew;
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes a folder that nobody else may enter; one that is there stays as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Puts a text there, whole and on disk or not at all; what stood there is replaced.</summary>
    public static void Replace(string path, string text) => Replace(path, Encoding.ASCII.GetBytes(text));

    /// <summary>The same for bytes.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        CreateFolder(Path.GetDirectoryName(path)!);
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = Create(temporary))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);

        // A folder can't be flushed from here, but journals write a file's new name with the next flush of the file.
        using var moved = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(moved);
    }
}
