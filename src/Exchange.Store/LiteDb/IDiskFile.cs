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
internal sealed class DiskFile(string path) : IDiskFile
{
    private readonly Microsoft.Win32.SafeHandles.SafeFileHandle _handle = File.OpenHandle(
        path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.RandomAccess);

    public long Length => RandomAccess.GetLength(_handle);

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
