using Exchange.Store.Embedded;
using Exchange.Store.Memory;
using Exchange.Store.Sqlite;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>
/// What the store does when its engine's transaction fails: the in-memory figures must never be ahead of the disk.
/// </summary>
public abstract class EngineFailures : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private FaultyEngine _engine = null!;
    private EmbeddedStore _store = null!;

    internal abstract IStorageEngine Open();

    public async Task InitializeAsync()
    {
        await OpenStoreAsync();
        await _store.PutAsync(Put(1, "before"));
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Theory]
    [InlineData(nameof(EngineFault.Begin))]
    [InlineData(nameof(EngineFault.Insert))]
    [InlineData(nameof(EngineFault.BeforeCommit))]
    public async Task A_transaction_that_fails_leaves_nothing_behind(string fault)
    {
        _engine.Next = Enum.Parse<EngineFault>(fault);

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.CommitAsync(Full("r1"), default));

        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
        Assert.Equal(["before"], await PayloadsAsync());
        Assert.Null(await _store.EntryAsync("fresh", "k"));
        await AssertStatusAsync(head: 1, live: 1, tombstones: 0);
    }

    [Theory]
    [InlineData(nameof(EngineFault.Begin))]
    [InlineData(nameof(EngineFault.Insert))]
    [InlineData(nameof(EngineFault.BeforeCommit))]
    public async Task The_store_goes_on_after_a_failed_transaction(string fault)
    {
        _engine.Next = Enum.Parse<EngineFault>(fault);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.CommitAsync(Full("r1"), default));

        var result = await _store.CommitAsync(Full("r1"), default);
        await ReopenAsync();

        Assert.Equal((false, 4), (result.IsRepeat, result.Position.Value));
        Assert.Equal(["before", "a", "b", ""], await PayloadsAsync());
        Assert.Equal("v", await _store.EntryAsync("fresh", "k"));
        await AssertStatusAsync(head: 4, live: 3, tombstones: 1);
    }

    [Fact]
    public async Task A_read_that_fails_says_that_the_store_is_unavailable_and_the_next_one_works()
    {
        var key = Put(1, "before").Key;
        Func<Task>[] reads =
        [
            () => _store.GetAsync(key, default),
            () => _store.GetManyAsync([key], default),
            () => _store.QueryAsync(new RecordQuery(key.Kind), default),
            () => _store.ReadFeedAsync(FeedPosition.Start, 10, default),
            () => _store.GetEntriesAsync("fresh", ["k"u8.ToArray()], default),
            () => _store.ReadEntriesAsync("fresh", default, default, 10, default),
        ];
        foreach (var read in reads)
        {
            _engine.Next = EngineFault.Read;
            await Assert.ThrowsAsync<StoreUnavailableException>(read);
            await read();
        }
    }

    [Fact]
    public async Task A_transaction_that_was_stored_although_it_failed_is_found_again()
    {
        var waiting = _store.WaitForCommitAsync(new FeedPosition(1), default);
        _engine.Next = EngineFault.AfterCommit;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.CommitAsync(Full("r1"), default));
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        var again = await _store.CommitAsync(Full("r1"), default);
        await _store.PutAsync(Put(9, "after"));

        Assert.True(again.IsRepeat);
        Assert.Equal(["before", "a", "b", "", "after"], await PayloadsAsync());
        await AssertStatusAsync(head: 5, live: 4, tombstones: 1);
    }

    [Fact]
    public async Task Versions_rise_over_a_failed_transaction()
    {
        var before = (await _store.PutAsync(Put(1))).Puts[0].Version;
        _engine.Next = EngineFault.BeforeCommit;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.PutAsync(Put(1)));
        _time.SetUtcNow(_time.GetUtcNow() - TimeSpan.FromDays(1));

        var after = (await _store.PutAsync(Put(1))).Puts[0].Version;

        Assert.True(after > before);
    }

    [Fact]
    public async Task The_store_is_unavailable_while_recovery_fails_and_works_afterwards()
    {
        (_engine.Next, _engine.BrokenRecoveries) = (EngineFault.BeforeCommit, 3);

        // The first failure tries to recover at once; each of the next commits tries before and after.
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.PutAsync(Put(2)));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _store.PutAsync(Put(2)));
        var result = await _store.PutAsync(Put(2, "after"));

        Assert.Equal(2, result.Position.Value);
        Assert.Equal(["before", "after"], await PayloadsAsync());
    }

    private static Commit Full(string request) => new()
    {
        Puts =
        [
            Put(2, "a", new IndexKey("fresh_index", "x")),
            new RecordPut { Key = Key(3, "fresh_kind"), Payload = Bytes("b") },
            Tombstone(4),
        ],
        Entries = [Write("fresh", "k", "v")],
        Request = Request(request),
    };

    private async Task<IEnumerable<string>> PayloadsAsync() =>
        (await _store.FeedAsync()).Select(record => Text(record.Payload));

    private async Task AssertStatusAsync(long head, long live, long tombstones)
    {
        var status = await _store.GetStatusAsync(default);
        Assert.Equal(head, status.Head.Value);
        Assert.Equal(live, status.Kinds.Values.Sum(kind => kind.Live));
        Assert.Equal(tombstones, status.Kinds.Values.Sum(kind => kind.Tombstones));
    }

    private async Task ReopenAsync()
    {
        await _store.DisposeAsync();
        await OpenStoreAsync();
    }

    private async Task OpenStoreAsync()
    {
        _engine = new FaultyEngine(Open());
        _store = await EmbeddedStore.OpenAsync(_engine, "node-a", _time);
    }
}

public sealed class MemoryEngineFailures : EngineFailures, IDisposable
{
    private readonly MemoryEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    internal override IStorageEngine Open() => _engine;
}

public sealed class SqliteEngineFailures : EngineFailures, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    internal override IStorageEngine Open() =>
        SqliteEngine.Open(Path.Combine(_directory.Path, SqliteEngine.FileName));
}
