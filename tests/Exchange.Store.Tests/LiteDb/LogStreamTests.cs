using Exchange.Store.LiteDb;
using Xunit;

namespace Exchange.Store.Tests.LiteDb;

/// <summary>What of a log is believed when it is opened again.</summary>
public sealed class LogStreamTests
{
    private readonly PowerCutDisk _disk = new(new Random(1));

    [Fact]
    public void Sealed_pages_come_back_and_others_do_not()
    {
        var log = new LogStream(_disk.Open("log"));
        Write(log, 1, 2);
        log.Seal();
        Write(log, 3);

        var again = new LogStream(_disk.Open("log"));

        Assert.Equal([1, 2], Read(again));
    }

    [Fact]
    public void An_emptied_log_begins_anew()
    {
        var log = new LogStream(_disk.Open("log"));
        Write(log, 1, 2, 3);
        log.Seal();
        log.SetLength(0);
        Write(log, 4);
        log.Seal();

        Assert.Equal([4], Read(new LogStream(_disk.Open("log"))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_damaged_page_ends_the_log_at_the_commit_before(int damaged)
    {
        var log = new LogStream(_disk.Open("log"));
        foreach (var page in new byte[] { 1, 2, 3 })
        {
            Write(log, page);
            log.Seal();
        }

        _disk.Open("log").Write(16 + (damaged * (LogStream.PageSize + 8)) + 100, [99]);

        Assert.Equal(Enumerable.Range(1, damaged).Select(page => (byte)page), Read(new LogStream(_disk.Open("log"))));
    }

    [Fact]
    public void A_lost_page_does_not_come_back_with_the_pages_behind_it()
    {
        var log = new LogStream(_disk.Open("log"));
        Write(log, 1, 2, 3, 4);
        log.Seal();
        var file = _disk.Open("log");
        file.Write(16 + LogStream.PageSize + 8, new byte[LogStream.PageSize]);

        var again = new LogStream(_disk.Open("log"));
        Write(again, 7, 8);
        again.Seal();

        Assert.Equal([7, 8], Read(new LogStream(_disk.Open("log"))));
    }

    [Fact]
    public void A_write_that_fails_is_told_by_the_seal_and_taken_back()
    {
        var log = new LogStream(_disk.Open("log"));
        Write(log, 1);
        log.Seal();
        _disk.CutAt = _disk.Operations + 1;
        Write(log, 2, 3);
        var believed = Read(log);

        Assert.Throws<IOException>(log.Seal);
        _disk.CutAt = long.MaxValue;
        log.Undo();
        Write(log, 4);
        log.Seal();

        Assert.Equal([1, 2, 3], believed);
        Assert.Equal([1, 4], Read(new LogStream(_disk.Open("log"))));
    }

    [Fact]
    public void Emptying_that_fails_is_told_by_the_next_seal()
    {
        var log = new LogStream(_disk.Open("log"));
        Write(log, 1);
        log.Seal();
        _disk.CutAt = _disk.Operations + 1;
        log.SetLength(0);
        Write(log, 2);

        Assert.Throws<IOException>(log.Seal);
        _disk.CutAt = long.MaxValue;
        log.Undo();

        Assert.Empty(Read(new LogStream(_disk.Open("log"))));
    }

    private static void Write(LogStream log, params byte[] pages)
    {
        foreach (var page in pages)
        {
            log.Position = log.Length;
            log.Write([.. Enumerable.Repeat(page, LogStream.PageSize)], 0, LogStream.PageSize);
        }
    }

    private static List<byte> Read(LogStream log)
    {
        var pages = new List<byte>();
        var page = new byte[LogStream.PageSize];
        for (log.Position = 0; log.Read(page, 0, page.Length) == page.Length;)
        {
            pages.Add(Assert.Single(page.Distinct()));
        }

        return pages;
    }
}
