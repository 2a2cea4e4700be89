using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Versions_rise_when_the_wall_clock_stands_or_goes_back()
    {
        var versions = new List<RecordVersion>();
        foreach (var step in new[] { 0, 0, -3_600, 10, -5 })
        {
            Time.SetUtcNow(Time.GetUtcNow() + TimeSpan.FromSeconds(step));
            versions.AddRange((await Store.PutAsync(Put(1), Put(2))).Puts.Select(put => put.Version));
        }

        Assert.Equal(versions.Order().Distinct(), versions);
    }

    [Fact]
    public async Task Versions_follow_the_wall_clock_when_it_moves_on()
    {
        await Store.PutAsync(Put(1));
        Time.Advance(TimeSpan.FromHours(1));

        var version = (await Store.PutAsync(Put(1))).Puts[0].Version;

        Assert.Equal(Time.GetUtcNow(), version.Time);
    }

    [Fact]
    public async Task Versions_rise_over_a_restart_with_the_clock_set_back()
    {
        var before = (await Store.PutAsync(Put(1), Put(2), Put(3))).Puts[^1].Version;
        Time.SetUtcNow(Time.GetUtcNow() - TimeSpan.FromDays(2));

        await ReopenAsync();
        var after = (await Store.PutAsync(Put(1))).Puts[0].Version;

        Assert.True(after > before);
    }

    [Fact]
    public async Task What_is_written_after_observing_a_clock_is_newer_also_over_a_restart()
    {
        var seen = (ulong)(Time.GetUtcNow() + TimeSpan.FromMinutes(4)).ToUnixTimeMilliseconds() << 16;

        Store.Observe(seen);
        var first = (await Store.PutAsync(Put(1))).Puts[0].Version;
        Store.Observe(5);
        await ReopenAsync();
        var second = (await Store.PutAsync(Put(1))).Puts[0].Version;

        Assert.True(first.Clock > seen);
        Assert.True(second > first);
    }

    [Fact]
    public async Task An_own_write_is_newer_than_the_replicated_version_that_it_replaces()
    {
        var ahead = new RecordVersion(
            (ulong)(Time.GetUtcNow() + TimeSpan.FromMinutes(4)).ToUnixTimeMilliseconds() << 16, "node-b");
        await Store.PutAsync(Put(1).Expecting(Expectation.Newer, ahead));

        var own = (await Store.PutAsync(Put(1))).Puts[0].Version;

        Assert.True(own > ahead);
        Assert.Equal(Node, own.Node);
    }

    [Fact]
    public async Task More_writes_than_the_counter_holds_in_a_millisecond_still_rise()
    {
        var last = default(RecordVersion);
        for (var i = 0; i < 70; i++)
        {
            var result = await Store.PutAsync([.. Enumerable.Range(0, 1_000).Select(n => Put(n, "x"))]);
            Assert.True(result.Puts[0].Version > last);
            last = result.Puts[^1].Version;
        }
    }
}
