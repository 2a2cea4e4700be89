using Exchange.Node.Errors;
using Exchange.Node.Health;
using Exchange.Node.Hosting;
using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Exchange.V1;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Watching;

/// <summary>
/// What a record was before decides over a removal only where the watcher surely was sent what it was before.
/// </summary>
public sealed class FeedWatcherTests : IAsyncLifetime
{
    private static readonly RecordKey One = new("vacancy", Guid.CreateVersion7());

    private readonly ManualTime _time = new();
    private FaultyStore _store = null!;
    private FeedTail _tail = null!;
    private NodeLifetime _lifetime = null!;
    private FeedWatcher _watcher = null!;

    public async Task InitializeAsync()
    {
        _store = new FaultyStore(await RecordStores.OpenAsync(new StoreOptions("", "dongguan", "memory"), _time, default));
        _tail = new FeedTail(_store, NullLogger<FeedTail>.Instance, _time);
        _lifetime = new NodeLifetime(
            new NodeHealth(), new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance));
        _watcher = new FeedWatcher(_store, _tail, _lifetime);
        await _tail.StartAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _tail.StopAsync(default);
        _tail.Dispose();
        _lifetime.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task A_version_that_follows_one_that_was_shown_is_live()
    {
        await WriteAsync("4419");
        await using var steps = _watcher.WatchAsync("", default).GetAsyncEnumerator();
        await SnapshotAsync(steps);

        // The tail begins on a thread of its own.
        await _tail.WaitAsync(FeedPosition.Start, FeedWatcher.Silence, default);
        await WriteAsync("5306");

        Assert.Equal(WatchStepKind.LiveItem, (await NextAsync(steps)).Kind);
    }

    [Fact]
    public async Task A_read_of_the_feed_that_fails_is_tried_again_and_the_watch_goes_on()
    {
        await WriteAsync("4419");
        await using var steps = _watcher.WatchAsync("", default).GetAsyncEnumerator();
        await SnapshotAsync(steps);
        var failure = Task.FromException(new IOException("The test broke this read."));
        _store.Readable = failure;
        await WriteAsync("5306");
        await _time.TimerArmedAsync();

        _store.Readable = Task.CompletedTask;
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("5306", (await NextAsync(steps)).Item!.Stored.Keys[0].Value);
    }

    [Fact]
    public async Task A_version_that_nobody_was_shown_is_not_taken_for_what_the_watcher_holds()
    {
        await WriteAsync("4419");
        await using var steps = _watcher.WatchAsync("", default).GetAsyncEnumerator();
        await SnapshotAsync(steps);

        var readable = new TaskCompletionSource();
        _store.Readable = readable.Task;
        await WriteAsync("5306");
        await WriteAsync("5307");
        readable.SetResult();

        var step = await NextAsync(steps);
        Assert.Equal(("5307", WatchStepKind.CatchUpItem), (step.Item!.Stored.Keys[0].Value, step.Kind));
    }

    [Fact]
    public async Task After_a_resume_nothing_that_was_written_before_it_is_live_although_the_tail_has_it()
    {
        await WriteAsync("4419");
        string token;
        await using (var first = _watcher.WatchAsync("", default).GetAsyncEnumerator())
        {
            token = (await SnapshotAsync(first)).Token.Encode(_store.Epoch);
        }

        await WriteAsync("5306");
        await using var steps = _watcher.WatchAsync(token, default).GetAsyncEnumerator();

        Assert.Equal(WatchStepKind.CatchUpItem, (await NextAsync(steps)).Kind);
    }

    [Fact]
    public async Task A_token_from_beyond_the_head_is_of_another_history()
    {
        var ahead = new ResumeToken(new FeedPosition(17), FeedPosition.Start).Encode(_store.Epoch);
        await using var steps = _watcher.WatchAsync(ahead, default).GetAsyncEnumerator();

        var error = await Assert.ThrowsAsync<ExchangeException>(async () => await steps.MoveNextAsync());

        Assert.Equal(ErrorReason.ResumeTokenForeign, error.Reason);
    }

    private async Task WriteAsync(string division)
    {
        var put = new RecordPut { Key = One, Keys = [new IndexKey("division", division)] };
        await _store.CommitAsync(new Commit { Puts = [put] }, default);
    }

    private static async Task<WatchStep> SnapshotAsync(IAsyncEnumerator<WatchStep> steps)
    {
        WatchStep step;
        do
        {
            step = await NextAsync(steps);
        }
        while (step.Kind != WatchStepKind.SnapshotEnd);

        return step;
    }

    private static async Task<WatchStep> NextAsync(IAsyncEnumerator<WatchStep> steps)
    {
        Assert.True(await steps.MoveNextAsync());
        return steps.Current;
    }
}
