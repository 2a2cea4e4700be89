using Exchange.Store.Embedded;
using Exchange.Store.Memory;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>
/// Hard case 1 in the store: a page of the feed ends at the head as it was before the page was read
/// (<c>EmbeddedStore.ReadFeedAsync</c>). With the head of afterwards, what was committed in between is leapt over.
/// </summary>
public sealed class FeedHeadTests
{
    [Fact]
    public async Task A_page_ends_before_what_was_committed_while_it_was_read()
    {
        var engine = new FaultyEngine(new MemoryEngine());
        await using var store = await EmbeddedStore.OpenAsync(engine, "zhaotong", new ManualTime());
        await store.PutAsync(Put(1, "before"));
        engine.AfterRead = () => store.PutAsync(Put(2, "meanwhile"));

        var page = await store.ReadFeedAsync(FeedPosition.Start, 10, default);
        var next = await store.ReadFeedAsync(page.Next, 10, default);

        Assert.Equal(Put(1, "before").Key, Assert.Single(page.Records).Key);
        Assert.Equal(Put(2, "meanwhile").Key, Assert.Single(next.Records).Key);
    }

    [Fact]
    public async Task An_empty_page_ends_before_it_too()
    {
        var engine = new FaultyEngine(new MemoryEngine());
        await using var store = await EmbeddedStore.OpenAsync(engine, "zhaotong", new ManualTime());
        engine.AfterRead = () => store.PutAsync(Put(1, "meanwhile"));

        var page = await store.ReadFeedAsync(FeedPosition.Start, 10, default);

        Assert.Empty(page.Records);
        Assert.Single((await store.ReadFeedAsync(page.Next, 10, default)).Records);
    }
}
