using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>A store goes on in another directory, and over another engine, as if nothing had happened.</summary>
public sealed class StoreCopyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var from in RecordStores.Engines)
            {
                foreach (var to in RecordStores.Engines)
                {
                    pairs.Add(from, to);
                }
            }

            return pairs;
        }
    }

    private string From => Path.Combine(_directory.Path, "from");

    private string To => Path.Combine(_directory.Path, "to");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_copy_has_the_epoch_every_record_at_its_position_every_entry_and_request(string from, string to)
    {
        var request = new RequestId("import 1", new byte[] { 1, 2, 3 });
        var (status, feed) = await FillAsync(from, request);
        var counted = new Counted();

        var copy = await RecordStores.CopyAsync(From, To, to, TimeProvider.System, counted, default);

        await using var store = await OpenAsync(To);
        var now = await store.GetStatusAsync(default);
        Assert.Equal((to, status.Epoch, status.Head, status.Floor), (now.Engine, now.Epoch, now.Head, now.Floor));
        Assert.Equal(status.Kinds.OrderBy(kind => kind.Key), now.Kinds.OrderBy(kind => kind.Key));
        Assert.Equal(feed.Select(Text), (await store.FeedAsync()).Select(Text));
        Assert.Equal([7], (await store.GetEntriesAsync("notes", ["a"u8.ToArray()], default))[0]!.Value.ToArray());
        var found = await store.QueryAsync(new RecordQuery(Put(1).Key.Kind) { Index = "code", Value = "1" }, default);
        Assert.Equal(Put(1).Key, Assert.Single(found.Records).Key);
        var repeat = new Commit { Puts = [Put(1)], Request = request };
        Assert.True((await store.CommitAsync(repeat, default)).IsRepeat);
        Assert.Equal(now.Epoch, copy.Status.Epoch);
        Assert.True(counted.Count > feed.Count);
    }

    [Fact]
    public async Task What_was_copied_is_a_backup_from_then_on()
    {
        await FillAsync(RecordStores.Engines[0], request: null);
        await RecordStores.CopyAsync(From, To, null, TimeProvider.System, null, default);

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(From));

        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
        var again = Path.Combine(_directory.Path, "again");
        var twice = () => RecordStores.CopyAsync(From, again, null, TimeProvider.System, null, default);
        Assert.Contains(
            "store restore", (await Assert.ThrowsAsync<StoreOpenException>(twice)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_in_use_a_full_target_and_an_engine_that_there_isnt_are_refused_and_nothing_is_changed()
    {
        await FillAsync(RecordStores.Engines[0], request: null);
        await using (await OpenAsync(From))
        {
            await RefusedAsync("in use", To, null);
        }

        Directory.CreateDirectory(To);
        await File.WriteAllTextAsync(Path.Combine(To, "mine"), "");
        await RefusedAsync("holds something", To, null);
        var other = Path.Combine(_directory.Path, "other");
        await RefusedAsync("isn't part of this build", other, "paper");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RecordStores.CopyAsync(
            From, other, null, TimeProvider.System, null, new CancellationToken(canceled: true)));

        Assert.Equal([From, To], Directory.GetDirectories(_directory.Path).Order());
        await using var store = await OpenAsync(From);
        Assert.NotEmpty(await store.FeedAsync());
    }

    private async Task RefusedAsync(string why, string target, string? engine)
    {
        var error = await Assert.ThrowsAsync<StoreOpenException>(
            () => RecordStores.CopyAsync(From, target, engine, TimeProvider.System, null, default));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private async Task<(StoreStatus Status, IReadOnlyList<StoredRecord> Feed)> FillAsync(
        string engine, RequestId? request)
    {
        await using var store = await OpenAsync(From, engine);
        var first = WithKey(1);
        await store.CommitAsync(new Commit { Puts = [first], Request = request }, default);
        for (var number = 2; number <= 1_500; number++)
        {
            await store.CommitAsync(new Commit { Puts = [WithKey(number)] }, default);
        }

        await store.CommitAsync(
            new Commit
            {
                Puts = [new RecordPut { Key = Put(2).Key, IsTombstone = true }],
                Entries = [new EntryWrite("notes", "a"u8.ToArray(), new byte[] { 7 })],
            },
            default);
        return (await store.GetStatusAsync(default), await store.FeedAsync());
    }

    private static RecordPut WithKey(int number)
    {
        var put = Put(number);
        return new RecordPut
        {
            Key = put.Key,
            Envelope = put.Envelope,
            Payload = put.Payload,
            Keys = [new IndexKey("code", number.ToString(System.Globalization.CultureInfo.InvariantCulture), true)],
        };
    }

    private static string Text(StoredRecord record) =>
        $"{record.Position.Value} {record.Key} {record.Version} {record.Revision} {record.IsTombstone} "
        + $"{Convert.ToHexString(record.Envelope.Span)} {Convert.ToHexString(record.Payload.Span)} "
        + $"{string.Join(',', record.Keys)} {string.Join(',', record.PreviousKeys)}";

    private static Task<IRecordStore> OpenAsync(string directory, string? engine = null) =>
        RecordStores.OpenAsync(new StoreOptions(directory, "left", engine), TimeProvider.System, default);

    private sealed class Counted : IProgress<int>
    {
        public long Count { get; private set; }

        public void Report(int value) => Count += value;
    }
}
