namespace Exchange.Store.LiteDb;

/// <summary>What LiteDB reads and writes as a stream, at positions that it sets itself.</summary>
internal abstract class DiskStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Position { get; set; }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public sealed override int Read(byte[] buffer, int offset, int count)
    {
        var read = ReadAt(Position, buffer.AsSpan(offset, count));
        Position += read;
        return read;
    }

    public sealed override void Write(byte[] buffer, int offset, int count)
    {
        WriteAt(Position, buffer.AsSpan(offset, count));
        Position += count;
    }

    protected abstract int ReadAt(long position, Span<byte> bytes);

    protected abstract void WriteAt(long position, ReadOnlySpan<byte> bytes);
}

/// <summary>
/// LiteDB's data file. LiteDB flushes it at the end of a checkpoint, and before it empties the log: here that reaches
/// the disk.
/// </summary>
internal sealed class DataStream(IDiskFile file) : DiskStream
{
    public override long Length => file.Length;

    public override void SetLength(long value) => file.SetLength(value);

    public override void Flush() => file.Flush();

    protected override int ReadAt(long position, Span<byte> bytes) => file.Read(position, bytes);

    protected override void WriteAt(long position, ReadOnlySpan<byte> bytes) => file.Write(position, bytes);
}
