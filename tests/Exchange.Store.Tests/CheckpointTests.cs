using System.Diagnostics;
using System.Globalization;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>That SQLite's log is copied into its file beside those who write.</summary>
public sealed class CheckpointTests : IAsyncLifetime, IDisposable
{
    private const int Megabyte = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory _directory = new();
    private IRecordStore _store = null!;

    public async Task InitializeAsync() =>
        _store = await RecordStores.OpenAsync(
            new StoreOptions(_directory.Path, "zhaotong", "sqlite"), TimeProvider.System, CancellationToken.None);

    public async Task DisposeAsync() => await _store.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_long_log_is_copied_while_nobody_commits()
    {
        // One commit, and none behind it that could do the copying.
        var payload = new string('x', Megabyte / 8);
        await _store.PutAsync([.. Enumerable.Range(0, 8 * 44).Select(number => Put(number, payload))]);
        var waiting = Stopwatch.StartNew();
        while (Length("store.sqlite") < 32 * Megabyte && waiting.Elapsed < Patience)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        Assert.InRange(Length("store.sqlite"), 32 * Megabyte, 100 * Megabyte);
    }

    [Fact]
    public async Task Under_steady_writing_the_log_does_not_grow_for_ever()
    {
        // The same records again and again: the file stays small, and only the log could grow.
        for (var round = 0; round < 5; round++)
        {
            await WriteAsync(32, round.ToString(CultureInfo.InvariantCulture));
        }

        Assert.InRange(Length("store.sqlite-wal"), 1, 100 * Megabyte);
    }

    [Fact]
    public async Task A_log_that_readers_hold_back_begins_anew_all_the_same()
    {
        using var stop = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await _store.ReadFeedAsync(FeedPosition.Start, 100, CancellationToken.None);
            }
        })));
        for (var round = 0; round < 5; round++)
        {
            await WriteAsync(32, round.ToString(CultureInfo.InvariantCulture));
        }

        await stop.CancelAsync();
        await reading;

        Assert.InRange(Length("store.sqlite-wal"), 1, 100 * Megabyte);
    }

    private async Task WriteAsync(int megabytes, string text)
    {
        var payload = string.Concat(Enumerable.Repeat(text, Megabyte / 8));
        for (var i = 0; i < megabytes; i++)
        {
            await _store.PutAsync([.. Enumerable.Range(8 * i, 8).Select(number => Put(number, payload))]);
        }
    }

    private long Length(string file) => new FileInfo(Path.Combine(_directory.Path, file)).Length;
}
