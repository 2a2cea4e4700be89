using Exchange.Testing;
using Exchange.Testing.Stores;
using Microsoft.Data.Sqlite;
using Xunit;
using static Exchange.Testing.Stores.Sample;

namespace Exchange.Store.Tests;

/// <summary>Which engine opens a data directory, and what it says when it can't be opened.</summary>
public sealed class RecordStoresTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    // The run's output names what was skipped, so that nobody takes a run without an engine for a run with it.
    [SkippableTheory]
    [InlineData("litedb")]
    [InlineData("sqlite")]
    public void The_suite_ran_over_engine(string name) => Skip.IfNot(
        RecordStores.Engines.Contains(name), $"Engine '{name}' is left out of this build: its package isn't there.");

    [Fact]
    public async Task A_new_directory_takes_the_first_engine_and_remembers_it()
    {
        await using (await OpenAsync())
        {
        }

        await using var store = await OpenAsync();

        Assert.Equal(RecordStores.Engines[0], (await store.GetStatusAsync(default)).Engine);
        Assert.Contains($"\"{RecordStores.Engines[0]}\"", await ReadMarkAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PersistentEngines))]
    public async Task A_directory_without_its_mark_is_known_by_its_file(string engine)
    {
        await using (var store = await OpenAsync(engine))
        {
            await store.PutAsync(Put(1));
        }

        File.Delete(Mark);

        await using var again = await OpenAsync();
        Assert.Equal(engine, (await again.GetStatusAsync(default)).Engine);
        Assert.Single(await again.FeedAsync());
    }

    [Fact]
    public async Task Another_engine_is_refused_by_name()
    {
        await using (await OpenAsync("sqlite"))
        {
        }

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync("litedb"));

        Assert.Contains("was made by engine 'sqlite', not 'litedb'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_engine_that_is_not_in_this_build_is_named()
    {
        await File.WriteAllTextAsync(Mark, """{ "engine": "stone", "format": 1 }""");

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync());

        Assert.Contains("Engine 'stone' isn't part of this build", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is damaged")]
    [InlineData("{", "is damaged")]
    [InlineData("{}", "is damaged")]
    [InlineData("""{ "engine": "sqlite", "format": 2 }""", "has format 2")]
    public async Task A_damaged_mark_is_refused(string mark, string reason)
    {
        await File.WriteAllTextAsync(Mark, mark);

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync());

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Contains("store.json", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PersistentEngines))]
    public async Task A_second_opener_is_refused_until_the_first_has_closed(string engine)
    {
        var first = await OpenAsync(engine);

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(engine));
        await first.DisposeAsync();
        await using var second = await OpenAsync(engine);

        Assert.Contains("in use by another process", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(PersistentEngines))]
    public async Task A_damaged_file_is_refused_and_let_go(string engine)
    {
        await using (var store = await OpenAsync(engine))
        {
            await store.PutAsync(Put(1));
        }

        var file = Path.Combine(_directory.Path, "store." + engine);
        var bytes = await File.ReadAllBytesAsync(file);
        await File.WriteAllBytesAsync(file, [.. Enumerable.Repeat((byte)'x', bytes.Length)]);

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync());
        await File.WriteAllBytesAsync(file, bytes);
        await using var again = await OpenAsync();

        Assert.Contains($"The {engine} store in '{_directory.Path}'", error.Message, StringComparison.Ordinal);
        Assert.Single(await again.FeedAsync());
    }

    [Fact]
    public async Task A_file_of_another_program_is_refused()
    {
        await using (var other = new SqliteConnection($"Data Source={SqliteFile};Pooling=False"))
        {
            await other.OpenAsync();
            await ExecuteAsync(other, "CREATE TABLE theirs(x)");
        }

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync("sqlite"));

        Assert.Contains("not a store of this program", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_lost_its_state_is_refused()
    {
        await using (var store = await OpenAsync("sqlite"))
        {
            await store.PutAsync(Put(1));
        }

        await using (var tool = new SqliteConnection($"Data Source={SqliteFile};Pooling=False"))
        {
            await tool.OpenAsync();
            await ExecuteAsync(tool, "DELETE FROM entry");
        }

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync("sqlite"));

        Assert.Contains("its state is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Memory_can_be_opened_and_leaves_no_trace()
    {
        await using (var store = await OpenAsync("memory"))
        {
            await store.PutAsync(Put(1));
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
        Assert.DoesNotContain("memory", RecordStores.Engines);
    }

    public static TheoryData<string> PersistentEngines() => [.. RecordStores.Engines];

    private string Mark => Path.Combine(_directory.Path, "store.json");

    private string SqliteFile => Path.Combine(_directory.Path, "store.sqlite");

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is a literal of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private Task<string> ReadMarkAsync() => File.ReadAllTextAsync(Mark);

    private Task<IRecordStore> OpenAsync(string? engine = null) =>
        RecordStores.OpenAsync(new StoreOptions(_directory.Path, "node-a", engine), new ManualTime(), default);
}
