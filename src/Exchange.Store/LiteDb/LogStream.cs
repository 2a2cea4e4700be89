using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Exchange.Store.LiteDb;

/// <summary>
/// LiteDB's log, in a file that can tell what is whole. LiteDB writes the pages of a commit without flushing them and
/// without checksums, so that after a power cut it would believe a commit of which only the last page reached the disk.
/// Here each page carries a checksum, and <see cref="Seal"/> marks the end of a commit and forces all of it to the
/// disk. Opening keeps the log up to its last sealed page behind which nothing is missing; the rest was never
/// acknowledged.
/// </summary>
internal sealed class LogStream : DiskStream
{
    /// <summary>The size of LiteDB's pages.</summary>
    public const int PageSize = 8192;

    private const int TrailerSize = 8;
    private const int SlotSize = PageSize + TrailerSize;
    private const int HeaderSize = 16;
    private const ulong Magic = 0x31474F4C74537845; // "ExStLOG1"
    private const uint Sealed = 1;

    private readonly IDiskFile _file;
    private readonly byte[] _slot = new byte[SlotSize];
    private readonly Dictionary<long, byte[]> _unwritten = [];
    private Exception? _failure;
    private ulong _salt;
    private long _pages;
    private long _sealedPages;
    private uint _lastSum;

    public LogStream(IDiskFile file)
        : this(file, crop: true)
    {
    }

    private LogStream(IDiskFile file, bool crop)
    {
        _file = file;
        Recover();
        if (crop)
        {
            Crop();
        }
    }

    public override long Length => _pages * PageSize;

    // Where the sealed part of the file ends.
    private long End => _sealedPages == 0 ? 0 : SlotAt(_sealedPages);

    /// <summary>How many bytes of a log's file are sealed; only reads it.</summary>
    public static long SealedLength(IDiskFile file)
    {
        using var log = new LogStream(file, crop: false);
        return log.End;
    }

    /// <summary>Ends a commit: everything written so far is on the disk when this returns.</summary>
    /// <exception cref="IOException">A page couldn't be written or flushed. <see cref="Undo"/> must follow.</exception>
    public void Seal()
    {
        if (_failure is not null)
        {
            throw new IOException(_failure.Message, _failure);
        }

        if (_pages == _sealedPages)
        {
            return;
        }

        Span<byte> trailer = stackalloc byte[TrailerSize];
        WriteTrailer(trailer, _pages - 1, _lastSum, Sealed);
        _file.Write(SlotAt(_pages - 1) + PageSize, trailer);
        _file.Flush();
        _sealedPages = _pages;
    }

    /// <summary>
    /// Takes back what isn't sealed. After a failed flush nobody knows what of it is on the disk, and the next flush
    /// wouldn't tell: so it must go, and be written anew.
    /// </summary>
    public void Undo()
    {
        _file.SetLength(End);
        _file.Flush();
        _unwritten.Clear();
        (_pages, _failure) = (_sealedPages, null);
    }

    /// <summary>Empties the log; LiteDB does so after its pages are in the data file, and that is flushed.</summary>
    public override void SetLength(long value)
    {
        if (value != 0)
        {
            throw new NotSupportedException("The log can only be emptied.");
        }

        (_pages, _sealedPages) = (0, 0);
        Try(() => _file.SetLength(0));
    }

    // LiteDB asks for it where it has cropped a file, and our length is never cropped. Commits are sealed instead.
    public override void Flush()
    {
    }

    protected override int ReadAt(long position, Span<byte> bytes)
    {
        var (page, offset) = Math.DivRem(position, PageSize);
        if (page >= _pages)
        {
            return 0;
        }

        bytes = bytes[..(int)Math.Min(bytes.Length, PageSize - offset)];
        if (!_unwritten.TryGetValue(page, out var kept))
        {
            return _file.Read(SlotAt(page) + offset, bytes);
        }

        kept.AsSpan((int)offset, bytes.Length).CopyTo(bytes);
        return bytes.Length;
    }

    protected override void WriteAt(long position, ReadOnlySpan<byte> bytes)
    {
        if (position != Length || bytes.Length != PageSize)
        {
            throw new NotSupportedException("The log takes whole pages at its end.");
        }

        if (_pages == 0)
        {
            Try(Begin);
        }

        _lastSum = Sum(bytes);
        bytes.CopyTo(_slot);
        WriteTrailer(_slot.AsSpan(PageSize), _pages, _lastSum, 0);
        Try(() => _file.Write(SlotAt(_pages), _slot));
        if (_failure is not null)
        {
            _unwritten[_pages] = bytes.ToArray();
        }

        _pages++;
    }

    // LiteDB doesn't survive a write that throws: its transaction stays open, and brings the process down when it is
    // collected. So it is left in the belief that all went well, and the failure is told by Seal.
    private void Try(Action change)
    {
        try
        {
            if (_failure is null)
            {
                change();
            }
        }
        catch (IOException exception)
        {
            _failure = exception;
        }
    }

    private static long SlotAt(long page) => HeaderSize + (page * SlotSize);

    private static uint Sum(ReadOnlySpan<byte> page)
    {
        var sum = 0u;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(page))
        {
            sum = BitOperations.Crc32C(sum, word);
        }

        return sum;
    }

    // A new salt for each filling, so that pages of an earlier one that come to light again aren't taken for new ones.
    private void Begin()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        RandomNumberGenerator.Fill(header);
        _salt = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        _file.Write(0, header);
    }

    private void WriteTrailer(Span<byte> trailer, long page, uint sum, uint mark)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Check(page, sum, mark));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], mark);
    }

    private uint Check(long page, uint sum, uint mark) => BitOperations.Crc32C(
        BitOperations.Crc32C(BitOperations.Crc32C(sum, _salt), (ulong)page), mark);

    private void Recover()
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        if (_file.Read(0, header) == HeaderSize && BinaryPrimitives.ReadUInt64LittleEndian(header) == Magic)
        {
            _salt = BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
            for (var page = 0L; ReadMark(page) is { } mark; page++)
            {
                _sealedPages = mark == Sealed ? page + 1 : _sealedPages;
            }
        }

        _pages = _sealedPages;
    }

    // Pages behind the end would become valid again once those before them are written anew.
    private void Crop()
    {
        if (_file.Length != End)
        {
            _file.SetLength(End);
            _file.Flush();
        }
    }

    // The mark of a page whose checksum holds, or null at the end of what can be believed.
    private uint? ReadMark(long page)
    {
        if (_file.Read(SlotAt(page), _slot) != SlotSize)
        {
            return null;
        }

        var check = BinaryPrimitives.ReadUInt32LittleEndian(_slot.AsSpan(PageSize));
        var mark = BinaryPrimitives.ReadUInt32LittleEndian(_slot.AsSpan(PageSize + 4));
        return check == Check(page, Sum(_slot.AsSpan(0, PageSize)), mark) ? mark : null;
    }
}
