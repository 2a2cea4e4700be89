using Exchange.Store;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Testing.Stores;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Entries_are_read_in_byte_order_by_prefix_and_behind_a_key()
    {
        await Store.WriteAsync(
            Write("c", "b/2", "2"), Write("c", "a", "a"), Write("c", "b/1", "1"), Write("c", "b/3", "3"),
            Write("c", "c", "c"), Write("other", "b/9", "9"));

        Assert.Equal(["a", "b/1", "b/2", "b/3", "c"], await KeysAsync("", ""));
        Assert.Equal(["b/1", "b/2", "b/3"], await KeysAsync("b/", ""));
        Assert.Equal(["b/2", "b/3"], await KeysAsync("b/", "b/1"));
        Assert.Equal(["b/1", "b/2"], await KeysAsync("b/", "a", 2));
        Assert.Empty(await KeysAsync("b/", "c"));
        Assert.Equal(["b/3", "c"], await KeysAsync("", "b/2"));
    }

    private async Task<IEnumerable<string>> KeysAsync(string prefix, string after, int limit = 100)
    {
        var entries = await Store.ReadEntriesAsync("c", Bytes(prefix), Bytes(after), limit, default);
        return entries.Select(entry => Text(entry.Key));
    }

    [Fact]
    public async Task Entries_order_by_unsigned_bytes()
    {
        byte[][] keys = [[0x00], [0x00, 0x00], [0x01], [0x7f], [0x80], [0xff], [0xff, 0xff]];
        await Store.WriteAsync([.. keys.Reverse().Select(key => new EntryWrite("c", key, key))]);

        var all = await Store.ReadEntriesAsync("c", default, default, 100, default);
        var high = await Store.ReadEntriesAsync("c", new byte[] { 0xff }, default, 100, default);

        Assert.Equal(keys, all.Select(entry => entry.Key.ToArray()));
        Assert.Equal(keys, all.Select(entry => entry.Value.ToArray()));
        Assert.Equal(keys[^2..], high.Select(entry => entry.Key.ToArray()));
    }

    [Fact]
    public async Task An_entry_may_be_empty_replaced_and_deleted()
    {
        await Store.WriteAsync(Write("c", "empty", ""), Write("c", "b", "1"), Write("c", "gone", "1"));
        await Store.WriteAsync(Write("c", "b", "2"), Write("c", "gone", null), Write("c", "never", null));

        var values = await Store.GetEntriesAsync("c", [Bytes("empty"), Bytes("b"), Bytes("gone")], default);

        Assert.True(values[0] is { Length: 0 });
        Assert.Equal("2", Text(values[1]!.Value));
        Assert.Null(values[2]);
        Assert.Null(await Store.EntryAsync("never written", "b"));
    }

    [Fact]
    public async Task Of_two_writes_to_an_entry_in_one_commit_the_last_wins()
    {
        await Store.WriteAsync(Write("c", "a", "1"), Write("c", "a", "2", Holds("1")));
        await Store.WriteAsync(Write("c", "b", "1"), Write("c", "b", null));

        Assert.Equal("2", await Store.EntryAsync("c", "a"));
        Assert.Null(await Store.EntryAsync("c", "b"));
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData(null, "", false)]
    [InlineData(null, "1", false)]
    [InlineData("", "", true)]
    [InlineData("", null, false)]
    [InlineData("1", "1", true)]
    [InlineData("1", "2", false)]
    [InlineData("1", null, false)]
    public async Task An_entry_is_written_if_it_holds_what_is_expected(string? stored, string? expected, bool written)
    {
        await Store.WriteAsync(Write("leases", "a", stored));
        var commit = new Commit { Puts = [Put(1)], Entries = [Write("leases", "a", "mine", Holds(expected))] };

        var error = await Record.ExceptionAsync(() => Store.CommitAsync(commit, default));

        Assert.Equal(written ? null : "leases", (error as EntryConflictException)?.Collection);
        Assert.Equal(written ? "mine" : stored, await Store.EntryAsync("leases", "a"));
        Assert.Equal(written ? "payload" : null, await Store.PayloadAsync(1));
    }

    [Fact]
    public async Task One_of_many_contenders_gets_a_lease()
    {
        var tries = Enumerable.Range(0, 16).Select(i => Task.Run(() => Record.ExceptionAsync(
            () => Store.WriteAsync(Write("leases", "session", $"{i}", Holds(null))))));

        var errors = await Task.WhenAll(tries);

        Assert.Single(errors, error => error is null);
        Assert.Equal(15, errors.Count(error => error is EntryConflictException));
    }

    [Fact]
    public async Task Derived_entries_see_the_outcomes_and_commit_with_the_puts()
    {
        await Store.PutAsync(Put(1, "old"));
        var commit = new Commit
        {
            Puts = [Put(1, "new"), Put(2, "first")],
            Derive = outcomes => outcomes.Select((outcome, i) => Write(
                "digest",
                $"{outcome.Position.Value}",
                $"{i} {outcome.Applied} {(outcome.Previous is null ? "none" : Text(outcome.Previous.Payload))}")),
        };

        await Store.CommitAsync(commit, default);

        Assert.Equal("0 True old", await Store.EntryAsync("digest", "2"));
        Assert.Equal("1 True none", await Store.EntryAsync("digest", "3"));
    }

    [Fact]
    public async Task Derived_entries_that_conflict_or_throw_fail_their_own_commit_only()
    {
        await Store.WriteAsync(Write("c", "a", "1"));
        Commit Deriving(int number, Func<EntryWrite[]> derive) =>
            new() { Puts = [Put(number)], Derive = _ => derive() };

        var conflict = Store.CommitAsync(Deriving(1, () => [Write("c", "a", "2", Holds(null))]), default);
        var thrown = Store.CommitAsync(Deriving(2, () => throw new FormatException("not mine")), default);
        var good = Store.CommitAsync(Deriving(3, () => [Write("c", "a", "3", Holds("1"))]), default);

        await Assert.ThrowsAsync<EntryConflictException>(() => conflict);
        await Assert.ThrowsAsync<FormatException>(() => thrown);
        await good;
        Assert.Equal("3", await Store.EntryAsync("c", "a"));
        Assert.Equal([Key(3)], (await Store.FeedAsync()).Select(record => record.Key));
    }

    [Fact]
    public async Task Derive_does_not_run_for_a_repeated_request()
    {
        var runs = 0;
        var commit = new Commit { Request = Request("r1"), Derive = _ => [Write("c", "a", $"{++runs}")] };

        await Store.CommitAsync(commit, default);
        await Store.CommitAsync(commit, default);

        Assert.Equal(1, runs);
    }
}
