using Exchange.Store.Embedded;
using Exchange.Store.Sqlite;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>Commits that wait share a transaction and its flush, but nothing else.</summary>
public abstract class GroupCommits : IAsyncLifetime
{
    private readonly ManualResetEventSlim _gate = new();
    private readonly ManualTime _time = new();
    private EmbeddedStore _store = null!;

    internal abstract IStorageEngine Open();

    public async Task InitializeAsync() => _store = await EmbeddedStore.OpenAsync(Open(), "node-a", _time);

    public async Task DisposeAsync()
    {
        _gate.Set();
        await _store.DisposeAsync();
        _gate.Dispose();
    }

    [Fact]
    public async Task Commits_that_wait_share_one_transaction()
    {
        var first = await HoldWriterAsync();
        var waiting = Enumerable.Range(1, 100).Select(i => _store.PutAsync(Put(i))).ToList();

        var before = _store.Transactions;
        _gate.Set();
        await Task.WhenAll([first, .. waiting]);

        Assert.Equal(2, _store.Transactions - before);
        Assert.Equal(101, (await _store.FeedAsync()).Count);
    }

    [Fact]
    public async Task A_commit_sees_the_writes_of_those_before_it_in_the_group()
    {
        var first = await HoldWriterAsync();
        var a = _store.PutAsync(Put(1, "a", Unique("x")).Expecting(Expectation.Absent));
        var conflict = _store.PutAsync(Put(1, "b").Expecting(Expectation.Absent));
        var duplicate = _store.PutAsync(Put(2, "c", Unique("x")));
        var entry = _store.WriteAsync(Write("c", "k", "1", Holds(null)));
        var late = _store.WriteAsync(Write("c", "k", "2", Holds(null)));
        var frees = _store.PutAsync(Tombstone(1));
        var takes = _store.PutAsync(Put(3, "d", Unique("x")));

        _gate.Set();

        await Task.WhenAll(first, a, entry, frees, takes);
        await Assert.ThrowsAsync<VersionConflictException>(() => conflict);
        await Assert.ThrowsAsync<DuplicateKeyException>(() => duplicate);
        await Assert.ThrowsAsync<EntryConflictException>(() => late);
        Assert.Equal([Key(0), Key(1), Key(3)], (await _store.FeedAsync()).Select(record => record.Key));
        Assert.Equal("1", await _store.EntryAsync("c", "k"));
    }

    [Fact]
    public async Task A_commit_cancelled_before_its_turn_is_not_stored()
    {
        using var cancel = new CancellationTokenSource();
        var first = await HoldWriterAsync();
        var waiting = _store.CommitAsync(new Commit { Puts = [Put(1)] }, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _gate.Set();
        await first;
        Assert.Null(await _store.GetAsync(Key(1), default));
    }

    [Fact]
    public async Task A_commit_cancelled_after_its_turn_came_tells_its_outcome()
    {
        using var cancel = new CancellationTokenSource();
        var first = await HoldWriterAsync(cancel.Token);

        await cancel.CancelAsync();
        _gate.Set();

        Assert.Equal(1, (await first).Position.Value);
    }

    [Fact]
    public async Task Callers_continue_on_another_thread_than_the_writer()
    {
        var continued = await _store.PutAsync(Put(1)).ContinueWith(
            _ => Thread.CurrentThread.Name,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

        Assert.NotEqual("exchange-store-writer", continued);
    }

    [Fact]
    public async Task Closing_the_store_finishes_the_commits_that_wait()
    {
        var first = await HoldWriterAsync();
        var waiting = Enumerable.Range(1, 10).Select(i => _store.PutAsync(Put(i))).ToList();

        var closing = _store.DisposeAsync();
        _gate.Set();
        await closing;

        await Task.WhenAll([first, .. waiting]).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_large_commit_does_not_take_the_others_with_it()
    {
        var first = await HoldWriterAsync();
        var large = Enumerable.Range(0, 3).Select(n => _store.PutAsync(
            [.. Enumerable.Range(1, 4_000).Select(i => Put((n * 10_000) + i, "x"))])).ToList();

        var before = _store.Transactions;
        _gate.Set();
        await Task.WhenAll([first, .. large]);

        Assert.Equal(4, _store.Transactions - before);
    }

    // A commit whose derivation waits for the gate: everything sent meanwhile must queue behind it.
    private async Task<Task<CommitResult>> HoldWriterAsync(CancellationToken cancellationToken = default)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commit = new Commit
        {
            Puts = [Put(0)],
            Derive = _ =>
            {
                begun.SetResult();
                _gate.Wait(CancellationToken.None);
                return [];
            },
        };
        var first = _store.CommitAsync(commit, cancellationToken);
        await begun.Task;
        return first;
    }
}

public sealed class SqliteGroupCommits : GroupCommits, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    internal override IStorageEngine Open() =>
        SqliteEngine.Open(Path.Combine(_directory.Path, SqliteEngine.FileName));
}
