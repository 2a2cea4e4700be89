using Exchange.Node.Watching;
using Exchange.Store;
using Exchange.Testing.Stores;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Exchange.Node.Tests.Watching;

public sealed class FeedTailTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Nothing_is_read_before_the_first_watcher_and_everything_from_then_on()
    {
        await using var inner = await RecordStores.OpenAsync(
            new StoreOptions("", "node-a", "memory"), TimeProvider.System, default);
        var store = new FaultyStore(inner);
        using var tail = new FeedTail(store, NullLogger<FeedTail>.Instance, TimeProvider.System);
        await tail.StartAsync(default);
        await PutAsync(store, 1);
        await PutAsync(store, 2);
        Assert.Equal(0, store.FeedReads);

        using (await tail.JoinAsync(default))
        {
            var head = (await store.GetStatusAsync(default)).Head;
            await PutAsync(store, 3);

            Assert.True(await tail.WaitAsync(head, Patience, default));
            var slice = await tail.ReadAsync(head, limit: 10, default);
            Assert.True(slice.IsLive);
            Assert.Equal(Sample.Key(3), Assert.Single(slice.Items).Stored.Key);
        }

        Assert.Equal(0, tail.Watchers);
        await tail.StopAsync(default);
    }

    [Fact]
    public async Task A_watcher_that_comes_after_the_last_one_left_misses_nothing()
    {
        await using var store = await RecordStores.OpenAsync(
            new StoreOptions("", "node-a", "memory"), TimeProvider.System, default);
        using var tail = new FeedTail(store, NullLogger<FeedTail>.Instance, TimeProvider.System);
        await tail.StartAsync(default);
        for (var number = 1; number < 200; number += 2)
        {
            using var membership = await tail.JoinAsync(default);
            var head = (await store.GetStatusAsync(default)).Head;
            await PutAsync(store, number);
            await PutAsync(store, number + 1);

            var seen = new List<RecordKey>();
            while (seen.Count < 2)
            {
                Assert.True(await tail.WaitAsync(head, Patience, default));
                var slice = await tail.ReadAsync(head, limit: 10, default);
                Assert.True(slice.IsLive);
                seen.AddRange(slice.Items.Select(item => item.Stored.Key));
                head = slice.Next;
            }

            Assert.Equal([Sample.Key(number), Sample.Key(number + 1)], seen);
        }

        await tail.StopAsync(default);
    }

    private static Task<CommitResult> PutAsync(IRecordStore store, int number) =>
        store.CommitAsync(new Commit { Puts = [Sample.Put(number)] }, default);
}
