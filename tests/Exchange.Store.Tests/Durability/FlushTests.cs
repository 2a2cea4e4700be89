using System.Text.RegularExpressions;
using Exchange.Store.Sqlite;
using Exchange.Testing;
using Xunit;

namespace Exchange.Store.Tests.Durability;

/// <summary>
/// That an acknowledgement comes after the flush of what it acknowledges, as the operating system saw it.
/// </summary>
public sealed partial class FlushTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Engines() => [.. RecordStores.Engines];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Sqlite_writes_with_a_log_that_is_forced_at_every_commit()
    {
        SQLitePCL.Batteries_V2.Init();
        using var link = SqliteLink.OpenWriter(Path.Combine(_directory.Path, "store.sqlite"));

        Assert.Equal(2, link.ReadNumber("PRAGMA synchronous"));
        Assert.Equal(1, link.ReadNumber("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"));
    }

    // Where strace may not run, the test says so; the crash tests still hold, but a kill doesn't empty the page cache.
    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task Every_acknowledgement_follows_the_flush_of_its_commit(string engine)
    {
        var trace = Path.Combine(_directory.Path, "trace");
        Skip.IfNot(await CanTraceAsync(), "strace isn't here, or may not trace.");

        var (exit, output) = await CrashedProgram.RunAsync(
            ["write", Path.Combine(_directory.Path, "data"), engine, "1", "40"],
            "strace", "-f", "-y", "-e", "trace=write,pwrite64,pwritev,fsync,fdatasync", "-o", trace);

        Assert.True(exit == 0, output);
        var acknowledged = Follow(await File.ReadAllLinesAsync(trace));
        Assert.Equal(40, acknowledged);
    }

    // One writer: its next commit begins after the acknowledgement, so before that nothing may stay unflushed.
    private static int Follow(string[] calls)
    {
        var (acknowledged, unflushed, flushed) = (0, 0, false);
        foreach (var call in calls)
        {
            if (Acknowledgement().IsMatch(call))
            {
                Assert.True(flushed, $"Acknowledgement {acknowledged + 1} came without a flush.");
                Assert.True(unflushed == 0, $"Acknowledgement {acknowledged + 1} left {unflushed} writes unflushed.");
                (acknowledged, flushed) = (acknowledged + 1, false);
            }
            else if (Flush().IsMatch(call))
            {
                (unflushed, flushed) = (0, true);
            }
            else if (Write().IsMatch(call))
            {
                unflushed++;
            }
        }

        return acknowledged;
    }

    private static async Task<bool> CanTraceAsync()
    {
        try
        {
            using var probe = System.Diagnostics.Process.Start("strace", ["-o", "/dev/null", "true"]);
            await probe.WaitForExitAsync();
            return probe.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [GeneratedRegex("""write\(\d+<[^>]*>, "ack """)]
    private static partial Regex Acknowledgement();

    // Only a flush of the file that commits are written to counts.
    [GeneratedRegex(@"f(data)?sync\(\d+<[^>]*store\.\w+-(wal|log)[^>]*>")]
    private static partial Regex Flush();

    [GeneratedRegex(@"p?writev?(64)?\(\d+<[^>]*store\.\w+-(wal|log)[^>]*>")]
    private static partial Regex Write();
}
