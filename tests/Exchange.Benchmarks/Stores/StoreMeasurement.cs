using System.Diagnostics;
using Exchange.Store;
using Exchange.Testing;

namespace Exchange.Benchmarks.Stores;

/// <summary>Measures one engine through the interface that the node uses.</summary>
internal sealed class StoreMeasurement(string engine, int records, BareFigures ceiling)
{
    private const int Transaction = 1_000;
    private const int Writers = 32;

    private readonly Guid[] _ids = BenchmarkData.Ids(records);
    private IRecordStore _store = null!;

    public async Task RunAsync()
    {
        await MeasureCommitsAsync();
        using var directory = new TemporaryDirectory();
        await using (_store = await OpenAsync(engine, directory.Path))
        {
            await ReportAsync("bulk insert, 1,000 a commit", records, ceiling.Insert, () => LoadAsync(_store, _ids));
            await ReportAsync("feed scan with payload", records, ceiling.Scan, ScanAsync);
            var gets = Math.Min(records, 100_000);
            await ReportAsync("get", gets, ceiling.Get, () => GetAsync(gets));
            await ReportAsync("get many, 1,000 at once", gets, ceiling.Get, () => GetManyAsync(gets));
            var upserts = Math.Min(records, 100_000);
            await ReportAsync("upsert, 1,000 a commit", upserts, null, () => LoadAsync(_store, _ids[..upserts]));
            var scattered = BenchmarkData.Ids(upserts);
            await ReportAsync(
                "bulk insert, second key scattered", upserts, null,
                () => LoadAsync(_store, scattered, BenchmarkData.PutScattered));
            var entries = Math.Min(records, 100_000);
            await ReportAsync("entries, 1,000 a commit", entries, null, () => WriteEntriesAsync(entries));
        }
    }

    /// <summary>How long a store of many records takes to open: the node starts with it.</summary>
    public static async Task MeasureOpenAsync(string engine, int count)
    {
        using var directory = new TemporaryDirectory();
        await using (var store = await OpenAsync(engine, directory.Path))
        {
            await LoadAsync(store, BenchmarkData.Ids(count));
        }

        var watch = Stopwatch.StartNew();
        await using var again = await OpenAsync(engine, directory.Path);
        var status = await again.GetStatusAsync(CancellationToken.None);
        Console.WriteLine(
            $"{engine,-12} open with {status.Head.Value:N0} records: {watch.ElapsedMilliseconds} ms, "
            + $"{Directory.GetFiles(directory.Path).Sum(file => new FileInfo(file).Length) / count} bytes a record");
    }

    private static Task<IRecordStore> OpenAsync(string engine, string directory) => RecordStores.OpenAsync(
        new StoreOptions(directory, "node-a", engine), TimeProvider.System, CancellationToken.None);

    private async Task MeasureCommitsAsync()
    {
        using var directory = new TemporaryDirectory();
        await using (_store = await OpenAsync(engine, directory.Path))
        {
            var next = 0;
            Task SingleAsync() => WriteAsync(Interlocked.Increment(ref next), 1);
            await Figure.MeasureAsync(500, () => RepeatAsync(500, SingleAsync));

            var one = await Figure.MeasureAsync(2_000, () => RepeatAsync(2_000, SingleAsync));
            StoreBenchmark.Report(engine, "1 writer, 1 record a commit", one, null);
            var batches = await Figure.MeasureAsync(20_000, () => RepeatAsync(
                20_000 / Writers, () => WriteAsync(Interlocked.Add(ref next, Writers), Writers)));
            StoreBenchmark.Report(engine, "1 writer, 32 records a commit", batches, null);
            var shared = await Figure.MeasureAsync(20_000, () => Task.WhenAll(
                Enumerable.Range(0, Writers).Select(_ => Task.Run(() => RepeatAsync(20_000 / Writers, SingleAsync)))));
            StoreBenchmark.Report(engine, "32 writers, 1 record a commit", shared, batches);
        }
    }

    private async Task WriteAsync(int last, int count) => await _store.CommitAsync(
        new Commit
        {
            Puts = [.. Enumerable.Range(0, count).Select(i => BenchmarkData.Put(_ids[last - i], last - i))],
        },
        CancellationToken.None);

    private static async Task RepeatAsync(int times, Func<Task> action)
    {
        for (var i = 0; i < times; i++)
        {
            await action();
        }
    }

    private static async Task LoadAsync(IRecordStore store, Guid[] ids, Func<Guid, int, RecordPut>? make = null)
    {
        for (var from = 0; from < ids.Length; from += Transaction)
        {
            var puts = new RecordPut[Math.Min(Transaction, ids.Length - from)];
            for (var i = 0; i < puts.Length; i++)
            {
                puts[i] = (make ?? BenchmarkData.Put)(ids[from + i], from + i);
            }

            await store.CommitAsync(new Commit { Puts = puts }, CancellationToken.None);
        }
    }

    private async Task ScanAsync()
    {
        var after = FeedPosition.Start;
        for (var atHead = false; !atHead;)
        {
            var page = await _store.ReadFeedAsync(after, Transaction, CancellationToken.None);
            (after, atHead) = (page.Next, page.AtHead);
        }
    }

    private async Task GetAsync(int count)
    {
        var random = new Random(2);
        for (var i = 0; i < count; i++)
        {
            var key = new RecordKey(BenchmarkData.Kind, _ids[random.Next(_ids.Length)]);
            _ = await _store.GetAsync(key, CancellationToken.None) ?? throw new InvalidOperationException("Missing.");
        }
    }

    private async Task GetManyAsync(int count)
    {
        var random = new Random(2);
        for (var i = 0; i < count; i += Transaction)
        {
            var keys = new RecordKey[Transaction];
            for (var k = 0; k < keys.Length; k++)
            {
                keys[k] = new RecordKey(BenchmarkData.Kind, _ids[random.Next(_ids.Length)]);
            }

            await _store.GetManyAsync(keys, CancellationToken.None);
        }
    }

    private async Task WriteEntriesAsync(int count)
    {
        for (var from = 0; from < count; from += Transaction)
        {
            var writes = new EntryWrite[Transaction];
            for (var i = 0; i < writes.Length; i++)
            {
                writes[i] = new EntryWrite(
                    "disclosures",
                    _ids[(from + i) % _ids.Length].ToByteArray(bigEndian: true),
                    BenchmarkData.PayloadBytes[..100].ToArray());
            }

            await _store.CommitAsync(new Commit { Entries = writes }, CancellationToken.None);
        }
    }

    private async Task ReportAsync(string what, int count, Figure? top, Func<Task> action) =>
        StoreBenchmark.Report(engine, what, await Figure.MeasureAsync(count, action), top);
}
