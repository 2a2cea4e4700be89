using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task A_unique_key_belongs_to_one_live_record()
    {
        await Store.PutAsync(Put(1, "a", Unique("x")));

        var error = await Assert.ThrowsAsync<DuplicateKeyException>(() => Store.PutAsync(Put(2, "b", Unique("x"))));

        Assert.Equal((Key(2), "external", Key(1)), (error.Key, error.Index, error.Existing));
        Assert.DoesNotContain("x'", error.Message, StringComparison.Ordinal);
        Assert.Null(await Store.GetAsync(Key(2), default));
    }

    [Fact]
    public async Task Of_two_concurrent_claims_to_a_unique_key_one_wins()
    {
        var claims = Enumerable.Range(1, 2).Select(i => Task.Run(() => Store.PutAsync(Put(i, "x", Unique("same")))));

        var outcomes = await Task.WhenAll(claims.Select(
            claim => claim.ContinueWith(done => done.Exception?.InnerException, TaskScheduler.Default)));

        Assert.Single(outcomes, outcome => outcome is null);
        Assert.Single(outcomes, outcome => outcome is DuplicateKeyException);
        Assert.Single(await Store.QueryIdsAsync(new(Kind) { Index = "external", Value = "same" }));
    }

    [Fact]
    public async Task Two_claims_in_one_commit_are_refused()
    {
        var error = await Assert.ThrowsAsync<DuplicateKeyException>(
            () => Store.PutAsync(Put(1, "a", Unique("x")), Put(2, "b", Unique("x"))));

        Assert.Equal((Key(2), Key(1)), (error.Key, error.Existing));
        Assert.Empty(await Store.FeedAsync());
    }

    [Fact]
    public async Task Two_records_may_swap_their_unique_keys_in_one_commit()
    {
        await Store.PutAsync(Put(1, "a", Unique("x")), Put(2, "b", Unique("y")));

        await Store.PutAsync(Put(1, "a", Unique("y")), Put(2, "b", Unique("x")));

        Assert.Equal([Id(2)], await Store.QueryIdsAsync(new(Kind) { Index = "external", Value = "x" }));
        Assert.Equal([Id(1)], await Store.QueryIdsAsync(new(Kind) { Index = "external", Value = "y" }));
    }

    [Fact]
    public async Task A_replaced_or_deleted_unique_key_is_free()
    {
        await Store.PutAsync(Put(1, "a", Unique("x")), Put(2, "b", Unique("y")));
        await Store.PutAsync(Put(1, "a", Unique("z")), Tombstone(2));

        await Store.PutAsync(Put(3, "c", Unique("x")), Put(4, "d", Unique("y")));

        Assert.Equal([Id(3)], await Store.QueryIdsAsync(new(Kind) { Index = "external", Value = "x" }));
        Assert.Equal([Id(4)], await Store.QueryIdsAsync(new(Kind) { Index = "external", Value = "y" }));
    }

    [Fact]
    public async Task A_record_may_keep_its_own_unique_key()
    {
        await Store.PutAsync(Put(1, "a", Unique("x")));
        await Store.PutAsync(Put(1, "b", Unique("x")));

        await Assert.ThrowsAsync<DuplicateKeyException>(() => Store.PutAsync(Put(2, "c", Unique("x"))));
        Assert.Equal("b", await Store.PayloadAsync(1));
    }

    [Fact]
    public async Task Keys_without_the_unique_mark_may_collide_with_one_that_has_it()
    {
        var plain = new IndexKey("external", "x");
        await Store.PutAsync(Put(1, "a", Unique("x")), Put(2, "b", plain), Put(3, "c", plain));

        await Assert.ThrowsAsync<DuplicateKeyException>(() => Store.PutAsync(Put(4, "d", Unique("x"))));
        Assert.Equal(
            [Id(1), Id(2), Id(3)], await Store.QueryIdsAsync(new(Kind) { Index = "external", Value = "x" }));
    }

    [Fact]
    public async Task A_key_may_lose_and_gain_its_unique_mark()
    {
        await Store.PutAsync(Put(1, "a", Unique("x")));
        await Store.PutAsync(Put(1, "a", new IndexKey("external", "x")));
        await Store.PutAsync(Put(2, "b", Unique("x")));

        var error = await Assert.ThrowsAsync<DuplicateKeyException>(() => Store.PutAsync(Put(1, "a", Unique("x"))));

        Assert.Equal(Key(2), error.Existing);
    }

    [Fact]
    public async Task Unique_keys_of_different_kinds_and_indexes_do_not_meet()
    {
        await Store.PutAsync(Put(1, "a", Unique("x")));

        await Store.PutAsync(
            new RecordPut { Key = Key(2, "vacancy"), Keys = [Unique("x")] },
            new RecordPut { Key = Key(3), Keys = [new IndexKey("person", "x", Unique: true)] });

        Assert.Equal(3, (await Store.FeedAsync()).Count);
    }

    [Fact]
    public async Task A_query_finds_live_records_by_value_then_id()
    {
        await Store.PutAsync(
            Put(3, "c", In("5306")), Put(1, "a", In("5306")), Put(2, "b", In("5307")), Put(4, "d", In("5306")));
        await Store.PutAsync(Tombstone(4));

        Assert.Equal([Id(1), Id(3)], await Store.QueryIdsAsync(new(Kind) { Index = "division", Value = "5306" }));
        Assert.Empty(await Store.QueryIdsAsync(new(Kind) { Index = "division", Value = "530" }));
        Assert.Empty(await Store.QueryIdsAsync(new(Kind) { Index = "nothing", Value = "5306" }));
        Assert.Empty(await Store.QueryIdsAsync(new("nothing") { Index = "division", Value = "5306" }));
    }

    [Fact]
    public async Task A_prefix_query_finds_what_begins_with_it_in_byte_order()
    {
        string[] values = ["53", "5306", "530629", "5307", "54", "53昭通", "53é", ""];
        await Store.PutAsync([.. values.Select((value, i) => Put(i, value, In(value)))]);
        var query = new RecordQuery(Kind) { Index = "division", IsPrefix = true, Limit = 2 };

        var found = await Store.QueryIdsAsync(query with { Value = "53" });
        var chinese = await Store.QueryIdsAsync(query with { Value = "53昭" });
        var all = await Store.QueryIdsAsync(query);

        Assert.Equal([Id(0), Id(1), Id(2), Id(3), Id(6), Id(5)], found);
        Assert.Equal([Id(5)], chinese);
        Assert.Equal([Id(7), Id(0), Id(1), Id(2), Id(3), Id(6), Id(5), Id(4)], all);
    }

    [Fact]
    public async Task A_record_with_two_values_is_found_by_each()
    {
        await Store.PutAsync(Put(1, "a", In("4419"), In("5306"), In("5306")));

        Assert.Equal([Id(1)], await Store.QueryIdsAsync(new(Kind) { Index = "division", Value = "4419" }));
        Assert.Equal([Id(1)], await Store.QueryIdsAsync(new(Kind) { Index = "division", Value = "5306" }));
        Assert.Equal([In("4419"), In("5306")], (await Store.GetAsync(Key(1), default))!.Keys);
    }

    [Fact]
    public async Task A_query_without_an_index_reads_the_kind_by_id()
    {
        await Store.PutAsync(Put(3), Put(1), Put(2), new RecordPut { Key = Key(1, "vacancy") });
        await Store.PutAsync(Tombstone(2));

        Assert.Equal([Id(1), Id(3)], await Store.QueryIdsAsync(new(Kind) { Limit = 1 }));
    }

    [Fact]
    public async Task Paging_survives_concurrent_writes()
    {
        await Store.PutAsync([.. Enumerable.Range(1, 20).Select(i => Put(i * 10, "x", In("5306")))]);
        var query = new RecordQuery(Kind) { Index = "division", Value = "5306", Limit = 5 };

        var first = await Store.QueryAsync(query, default);
        await Store.PutAsync(Put(5, "before", In("5306")), Put(75, "behind", In("5306")), Tombstone(50), Tombstone(60));
        var rest = await Store.QueryIdsAsync(query with { After = first.Next });

        Assert.Equal(new QueryCursor("5306", Id(50)), first.Next);
        Assert.Equal([Id(70), Id(75), .. Enumerable.Range(8, 13).Select(i => Id(i * 10))], rest);
    }
}
