using Exchange.Store.CrashWriter;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>Backups of every engine: taken while it works, and restored into a new epoch.</summary>
public sealed class BackupTests : IDisposable
{
    private const int Writers = 4;

    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> Engines() => [.. RecordStores.Engines];

    private string Data => Path.Combine(_directory.Path, "store");

    private string Backup => Path.Combine(_directory.Path, "backup");

    private string Restored => Path.Combine(_directory.Path, "restored");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_backup_taken_under_writes_holds_whole_commits_and_all_acknowledged_before(string engine)
    {
        await using var store = await OpenAsync(Data, engine);
        var acknowledged = new int[Writers];
        using var stop = new CancellationTokenSource();
        var writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(
            writer => Task.Run(() => WriteAsync(store, writer, acknowledged, stop.Token))));
        var head = await store.ReadFeedAsync(FeedPosition.Start, 1, default);
        while (acknowledged.Min() < 20)
        {
            await store.WaitForCommitAsync(head.Next, default);
            head = await store.ReadFeedAsync(head.Next, 1_000, default);
        }

        var before = acknowledged.ToArray();
        await BackUpAsync();
        await stop.CancelAsync();
        await writing;
        await RestoreAsync();

        await using var restored = await OpenAsync(Restored);
        await CrashCheck.RunAsync(restored, before, default);
        Assert.NotEqual(store.Epoch, restored.Epoch);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_closed_store_is_backed_up_with_its_records_entries_and_tombstones(string engine)
    {
        Guid epoch;
        await using (var store = await OpenAsync(Data, engine))
        {
            await store.PutAsync(Put(1, "one", Unique("x")), Put(2, "two"));
            await store.PutAsync(Tombstone(2));
            await store.WriteAsync(Write("cursor", "k", "v"));
            epoch = store.Epoch;
        }

        var taken = await BackUpAsync();
        var status = await RestoreAsync();

        await using var restored = await OpenAsync(Restored);
        Assert.Equal((engine, epoch, 3), (taken.Engine, taken.Epoch, taken.Head.Value));
        Assert.NotEqual(epoch, status.Epoch);
        Assert.Equal(status.Epoch, restored.Epoch);
        Assert.Equal(taken.Kinds, status.Kinds);
        Assert.Equal(["one", ""], (await restored.FeedAsync()).Select(record => Text(record.Payload)));
        Assert.Equal("v", await restored.EntryAsync("cursor", "k"));
        await Assert.ThrowsAsync<DuplicateKeyException>(() => restored.PutAsync(Put(3, "three", Unique("x"))));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_backup_is_not_opened_in_the_place_of_a_store(string engine)
    {
        await MakeAsync(engine);
        await BackUpAsync();

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(Backup));

        Assert.Contains("exchange store restore", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_restore_never_overwrites_a_store(string engine)
    {
        await MakeAsync(engine);
        await BackUpAsync();
        await using (var store = await OpenAsync(Data))
        {
            await store.PutAsync(Put(2));
        }

        var error = await Assert.ThrowsAsync<StoreOpenException>(
            () => RecordStores.RestoreAsync(Backup, Data, TimeProvider.System, default));

        await using var untouched = await OpenAsync(Data);
        Assert.Contains("Move it away first", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await untouched.FeedAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_store_at_rest_is_restored_like_a_backup_and_one_in_use_is_refused(string engine)
    {
        await using (var store = await OpenAsync(Data, engine))
        {
            await store.PutAsync(Put(1, "one"));
            await Assert.ThrowsAsync<StoreOpenException>(
                () => RecordStores.RestoreAsync(Data, Restored, TimeProvider.System, default));
        }

        await RecordStores.RestoreAsync(Data, Restored, TimeProvider.System, default);

        await using var restored = await OpenAsync(Restored);
        Assert.Equal("one", await restored.PayloadAsync(1));
    }

    [Fact]
    public async Task A_backup_of_nothing_and_one_over_something_are_refused()
    {
        var nothing = await Assert.ThrowsAsync<StoreOpenException>(() => BackUpAsync());
        await MakeAsync(RecordStores.Engines[0]);
        Directory.CreateDirectory(Backup);
        await File.WriteAllTextAsync(Path.Combine(Backup, "letter"), "of mine");

        var something = await Assert.ThrowsAsync<StoreOpenException>(() => BackUpAsync());

        Assert.Contains("There is no store in", nothing.Message, StringComparison.Ordinal);
        Assert.Contains("holds something already", something.Message, StringComparison.Ordinal);
        Assert.Equal(["backup", "store"], Names(_directory.Path));
        Assert.Equal(["letter"], Names(Backup));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_damaged_backup_is_refused_and_nothing_is_left_of_it(string engine)
    {
        await MakeAsync(engine);
        await BackUpAsync();
        var file = Path.Combine(Backup, "store." + engine);
        await File.WriteAllBytesAsync(file, new byte[new FileInfo(file).Length / 2]);

        var error = await Assert.ThrowsAsync<StoreOpenException>(RestoreAsync);

        Assert.Contains("can't be opened", error.Message, StringComparison.Ordinal);
        Assert.Equal(["backup", "store"], Names(_directory.Path));
    }

    private static IEnumerable<string?> Names(string directory) =>
        Directory.EnumerateFileSystemEntries(directory).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private static async Task WriteAsync(
        IRecordStore store, int writer, int[] acknowledged, CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            await store.CommitAsync(CrashScript.Commit(writer, number), CancellationToken.None);
            Volatile.Write(ref acknowledged[writer], number);
        }
    }

    private static Task<IRecordStore> OpenAsync(string directory, string? engine = null) => RecordStores.OpenAsync(
        new StoreOptions(directory, "node-a", engine), TimeProvider.System, CancellationToken.None);

    private async Task MakeAsync(string engine)
    {
        await using var store = await OpenAsync(Data, engine);
        await store.PutAsync(Put(1));
    }

    private Task<StoreStatus> BackUpAsync() =>
        RecordStores.BackUpAsync(Data, Backup, TimeProvider.System, CancellationToken.None);

    private Task<StoreStatus> RestoreAsync() =>
        RecordStores.RestoreAsync(Backup, Restored, TimeProvider.System, CancellationToken.None);
}
