using System.Text;
using Exchange.Node.Imports;
using Xunit;

namespace Exchange.Node.Tests.Imports;

/// <summary>Measures the memory of the whole process, so nothing else runs meanwhile.</summary>
[Collection(Alone)]
public sealed class CsvMemoryTests
{
    public const string Alone = "Import memory, alone";

    [Fact]
    public async Task Memory_stays_flat_however_long_the_file_is()
    {
        var profile = ImportText.Vacancies("""{ "to": "title", "read": "text", "column": "title" }""");
        using var stream = new EndlessRows("id,title\n", "1,普工\n", 400_000);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var most = 0L;
        var count = 0;
        await foreach (var row in CsvImport.ReadAsync(stream, profile, default))
        {
            count += row.Draft is null ? 0 : 1;
            if (count % 50_000 == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.Equal(400_000, count);
        // Kept whole, the rows would take hundreds of megabytes; what other tests leave behind takes a few.
        Assert.InRange(most, long.MinValue, 32 << 20);
    }

    /// <summary>A file that is made while it is read.</summary>
    private sealed class EndlessRows(string header, string row, int count) : Stream
    {
        private readonly byte[] _row = Encoding.UTF8.GetBytes(row);
        private byte[] _now = Encoding.UTF8.GetBytes(header);
        private int _at;
        private int _left = count;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_at == _now.Length)
            {
                if (_left-- <= 0)
                {
                    return 0;
                }

                (_now, _at) = (_row, 0);
            }

            var size = Math.Min(count, _now.Length - _at);
            _now.AsSpan(_at, size).CopyTo(buffer.AsSpan(offset));
            _at += size;
            return size;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
