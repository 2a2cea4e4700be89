using Microsoft.Win32.SafeHandles;

namespace Exchange.Store.LiteDb;

/// <summary>A file as a disk sees it: what was written may be lost until <see cref="Flush"/> has returned.</summary>
internal interface IDiskFile : IDisposable
{
    long Length { get; }

    /// <summary>Reads as many bytes as there are; returns how many.</summary>
    int Read(long position, Span<byte> bytes);

    void Write(long position, ReadOnlySpan<byte> bytes);

    void SetLength(long length);

    /// <summary>Returns once everything written before is on the disk itself.</summary>
    void Flush();
}

/// <summary>A file of the operating system.</summary>
internal sealed class DiskFile : IDiskFile
{
    private readonly SafeFileHandle _handle;

    private DiskFile(SafeFileHandle handle) => _handle = handle;

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Opens a file, or makes a new one; others may only read it.</summary>
    public static DiskFile Open(string path) => new(File.OpenHandle(
        path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.RandomAccess));

    /// <summary>Opens a file to read it beside whoever writes to it.</summary>
    public static DiskFile OpenToRead(string path) =>
        new(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));

    public int Read(long position, Span<byte> bytes)
    {
        var total = 0;
        while (total < bytes.Length && RandomAccess.Read(_handle, bytes[total..], position + total) is > 0 and var read)
        {
            total += read;
        }

        return total;
    }

    public void Write(long position, ReadOnlySpan<byte> bytes) => RandomAccess.Write(_handle, bytes, position);

    public void SetLength(long length) => RandomAccess.SetLength(_handle, length);

    public void Flush() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();
}
