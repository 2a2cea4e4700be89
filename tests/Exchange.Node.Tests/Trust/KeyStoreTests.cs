using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Xunit;

namespace Exchange.Node.Tests.Trust;

/// <summary>The key store: durable before what it seals, never lost unnoticed, never another one.</summary>
public sealed class KeyStoreTests : IAsyncDisposable
{
    private static readonly RecordKey Record = new("worker", Guid.CreateVersion7());

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    private string Folder => Path.Combine(_directory.Path, "keys");

    [Fact]
    public async Task A_payload_is_opened_after_a_restart_with_the_key_that_was_durable_before_it()
    {
        byte[] sealedBytes;
        await using (var database = await DatabaseAsync())
        {
            await using var store = await OpenAsync(database);
            sealedBytes = store.Keys.Seal(Record.Id, Record, "王小明"u8);
            await store.Sealing.CommitAsync(new Commit { Puts = [Put(sealedBytes)] }, default);
        }

        await using var again = await DatabaseAsync();
        await using var reopened = await OpenAsync(again);

        Assert.Equal("王小明"u8.ToArray(), reopened.Keys.Unseal(Record, sealedBytes));
    }

    [Fact]
    public async Task Nothing_is_written_while_its_key_isnt_durable()
    {
        using var node = NodeKeys.Create(Folder);
        var database = await MemoryAsync();
        var faulty = new FaultyStore(await MemoryAsync());
        await using var keys = new DataKeys(new KeyStore(faulty, MasterKeys.Create(null, _time), _time), node);
        await using var store = new SealingStore(database, keys);
        var commit = new Commit { Puts = [Put(keys.Seal(Record.Id, Record, "王小明"u8))] };
        faulty.Next = Fault.BeforeCommit;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.CommitAsync(commit, default));
        var before = await store.GetAsync(Record, default);
        await store.CommitAsync(commit, default);

        Assert.Null(before);
        Assert.Equal(Record.Id, new Guid((await faulty.ReadEntriesAsync(
            "data-keys", default, default, 10, default)).Single().Key.Span, bigEndian: true));
        Assert.NotNull(await store.GetAsync(Record, default));
    }

    [Fact]
    public async Task A_thousand_new_keys_take_one_write_and_known_ones_none()
    {
        using var node = NodeKeys.Create(Folder);
        var keyStore = new FaultyStore(await MemoryAsync());
        await using var keys = new DataKeys(new KeyStore(keyStore, MasterKeys.Create(null, _time), _time), node);
        var records = Enumerable.Range(0, 1000).Select(_ => new RecordKey("worker", Guid.NewGuid())).ToList();
        records.ForEach(record => keys.Seal(record.Id, record, [1]));

        await keys.FlushAsync(default);
        records.ForEach(record => keys.Seal(record.Id, record, [2]));
        await keys.FlushAsync(default);

        Assert.Equal(1, keyStore.Commits);
    }

    [Fact]
    public async Task A_destroyed_key_opens_nothing_any_more_and_its_person_gets_another_one()
    {
        using var node = NodeKeys.Create(Folder);
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);
        var before = keys.Seal(Record.Id, Record, "王小明"u8);
        await keys.FlushAsync(default);

        await keys.DestroyAsync(new Dictionary<Guid, uint> { [Record.Id] = 1 }, default);
        var after = keys.Seal(Record.Id, Record, "王小明"u8);

        Assert.Throws<KeyDestroyedException>(() => keys.Unseal(Record, before));
        Assert.Equal("王小明"u8.ToArray(), keys.Unseal(Record, after));
        Assert.Equal((1u, 2u), (SealedUnder.Read(before)!.Value.Generation, SealedUnder.Read(after)!.Value.Generation));
    }

    [Fact]
    public async Task A_key_that_was_destroyed_before_it_was_durable_stays_destroyed()
    {
        using var node = NodeKeys.Create(Folder);
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);
        var before = keys.Seal(Record.Id, Record, "王小明"u8);

        await keys.DestroyAsync(new Dictionary<Guid, uint> { [Record.Id] = 1 }, default);
        await keys.FlushAsync(default);

        Assert.Throws<KeyDestroyedException>(() => keys.Unseal(Record, before));
        Assert.Equal(1ul, await keys.Store.LastDestroyedAsync(default));
    }

    [Fact]
    public async Task A_key_that_is_made_while_an_older_one_is_being_destroyed_doesnt_bring_that_back()
    {
        using var node = NodeKeys.Create(Folder);
        await using var store = await KeyStores.InMemoryAsync(_time);
        var keys = new DataKeys(store, node);
        var before = keys.Seal(Record.Id, Record, "王小明"u8);
        await keys.FlushAsync(default);
        var upTo = new Dictionary<Guid, uint> { [Record.Id] = keys.Retire(Record.Id) };
        var (destroyed, after) = (Task.CompletedTask, Array.Empty<byte>());

        // A destruction waits for the write that is under way.
        await store.SaveAsync(
            () =>
            {
                destroyed = keys.DestroyAsync(upTo, default);
                after = keys.Seal(Record.Id, Record, "王小明"u8);
                return [];
            },
            default);
        await destroyed;
        await keys.FlushAsync(default);

        var restarted = new DataKeys(store, node);
        Assert.Throws<KeyDestroyedException>(() => restarted.Unseal(Record, before));
        Assert.Equal("王小明"u8.ToArray(), restarted.Unseal(Record, after));
    }

    [Fact]
    public async Task What_is_sealed_anew_on_its_way_in_loses_nothing_else()
    {
        using var node = NodeKeys.Create(Folder);
        var noted = new List<object>();
        var seal = new CommitSeal("chain", new byte[] { 1 }, (_, commits) =>
        {
            noted.AddRange(commits.Select(commit => commit.Note));
            return [];
        });
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);
        await using var database = await RecordStores.OpenAsync(
            new StoreOptions("", "zhaotong", "memory") { Seal = seal }, _time, default);
        var store = new SealingStore(database, keys);
        var commit = new Commit
        {
            Puts = [Put(keys.Seal(Record.Id, Record, "王小明"u8)) with { Revision = 7 }],
            Note = "who did it",
        };
        keys.Retire(Record.Id);

        await store.CommitAsync(commit, default);

        var stored = (await store.GetAsync(Record, default))!;
        Assert.Equal((2u, 7u), (SealedUnder.Read(stored.Payload.Span)!.Value.Generation, stored.Revision));
        Assert.Equal(["who did it"], noted);
    }

    [Fact]
    public async Task Nothing_is_replaced_by_what_a_key_sealed_that_is_about_to_go()
    {
        using var node = NodeKeys.Create(Folder);
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);
        await using var database = await MemoryAsync();
        var store = new SealingStore(database, keys);
        await store.CommitAsync(new Commit { Puts = [Put(keys.Seal(Record.Id, Record, [1]))] }, default);
        var stored = (await store.GetAsync(Record, default))!;
        var late = new PayloadReplacement(Record, stored.Payload, keys.Seal(Record.Id, Record, [1]));
        keys.Retire(Record.Id);

        await store.CommitAsync(new Commit { Replacements = [late] }, default);

        Assert.Equal(stored.Payload.ToArray(), (await store.GetAsync(Record, default))!.Payload.ToArray());
    }

    [Fact]
    public async Task Destructions_are_numbered_without_gaps()
    {
        await using var keys = await KeyStores.InMemoryAsync(_time);
        var ids = Enumerable.Range(0, 9).Select(_ => Guid.NewGuid()).ToList();
        foreach (var id in ids)
        {
            await keys.DestroyAsync(new Dictionary<Guid, uint> { [id] = 1 }, default);
        }

        Assert.Equal(9ul, await keys.LastDestroyedAsync(default));
        Assert.Equal(ids[4..], (await keys.DestroyedAsync(after: 4, default)).Select(row => row.Id));
    }

    [Fact]
    public void Each_home_of_a_person_has_a_key_and_those_of_who_came_together_lie_together()
    {
        var record = new V1.Record { SubjectIds = { Record.Id.ToString() }, HomeNode = "zhaotong" };

        var own = RecordCodec.SealedBy(Record, record, "zhaotong");
        var theirs = RecordCodec.SealedBy(Record, record, "dongguan");
        record.HomeNode = "shenzhen";
        var others = RecordCodec.SealedBy(Record, record, "dongguan");

        Assert.Equal(Record.Id, own);
        Assert.Equal(3, new[] { own, theirs, others }.Distinct().Count());
        Assert.All(
            [theirs, others],
            id => Assert.Equal(own.ToByteArray(bigEndian: true)[..6], id.ToByteArray(bigEndian: true)[..6]));
    }

    [Theory]
    [InlineData("master-keys.json", "is missing")]
    [InlineData("data-keys", "is missing")]
    public async Task A_lost_key_store_is_refused_and_none_is_begun_in_its_place(string lost, string said)
    {
        await using var database = await DatabaseAsync();
        await (await OpenAsync(database)).DisposeAsync();
        var path = Path.Combine(Folder, lost);
        Directory.Move(path, path + ".lost");
        var left = Files();

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(database));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.Contains("exchange keys restore", error.Message, StringComparison.Ordinal);
        Assert.Equal(left, Files());
    }

    [Fact]
    public async Task Another_nodes_keys_are_refused()
    {
        await using var database = await DatabaseAsync();
        await (await OpenAsync(database)).DisposeAsync();
        await using var other = await MemoryAsync();
        Directory.Move(Folder, Folder + ".old");
        await (await OpenAsync(other)).DisposeAsync();

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(database));

        Assert.Contains("another node or another time", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrapped_keys_beside_other_masters_are_refused()
    {
        await using var database = await DatabaseAsync();
        await (await OpenAsync(database)).DisposeAsync();
        await using var other = await MemoryAsync();
        Directory.Move(Folder, Folder + ".old");
        await (await OpenAsync(other)).DisposeAsync();
        File.Copy(
            Path.Combine(Folder + ".old", MasterKeys.FileName), Path.Combine(Folder, MasterKeys.FileName), overwrite: true);

        var error = await Assert.ThrowsAsync<StoreOpenException>(() => OpenAsync(database));

        Assert.Contains("under other master keys", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_nodes_one_key_sealed_is_still_opened()
    {
        using var node = NodeKeys.Create(Folder);
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);

        Assert.Equal("王小明"u8.ToArray(), keys.Unseal(Record, LegacySeal.Seal(Folder, Record, "王小明"u8)));
    }

    [Theory]
    [InlineData(3, "SM4-GCM")]
    [InlineData(77, "suite 77, which this version doesn't know")]
    public async Task An_unknown_suite_is_named(byte suite, string said)
    {
        using var node = NodeKeys.Create(Folder);
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);
        var sealedBytes = keys.Seal(Record.Id, Record, "王小明"u8);
        sealedBytes[0] = suite;

        var error = Assert.ThrowsAny<CryptographicException>(() => keys.Unseal(Record, sealedBytes));

        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_payload_opens_under_no_other_record_and_not_once_it_was_changed()
    {
        using var node = NodeKeys.Create(Folder);
        await using var keys = new DataKeys(await KeyStores.InMemoryAsync(_time), node);
        var sealedBytes = keys.Seal(Record.Id, Record, "王小明"u8);
        byte[] changed = [.. sealedBytes[..^1], (byte)(sealedBytes[^1] ^ 1)];

        Assert.ThrowsAny<CryptographicException>(() => keys.Unseal(Record with { Id = Guid.NewGuid() }, sealedBytes));
        Assert.ThrowsAny<CryptographicException>(() => keys.Unseal(Record, changed));
    }

    public ValueTask DisposeAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private Task<IRecordStore> DatabaseAsync() => RecordStores.OpenAsync(
        new StoreOptions(Path.Combine(_directory.Path, "store"), "zhaotong", "sqlite"), _time, default);

    private Task<IRecordStore> MemoryAsync() =>
        RecordStores.OpenAsync(new StoreOptions("", "zhaotong", "memory"), _time, default);

    private async Task<Opened> OpenAsync(IRecordStore database)
    {
        var node = Directory.Exists(Folder) ? NodeKeys.Load(Folder) : NodeKeys.Create(Folder);
        var keys = new DataKeys(await KeyStores.OpenAsync(Folder, "zhaotong", database, _time, default), node);
        return new Opened(node, keys, new SealingStore(database, keys));
    }

    private static RecordPut Put(byte[] payload) => new() { Key = Record, Payload = payload };

    private List<(string Name, string Hash)> Files() => Directory
        .EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories)
        .Where(file => file.StartsWith(Folder, StringComparison.Ordinal))
        .Select(file => (file, Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))))
        .Order()
        .ToList();

    private sealed record Opened(NodeKeys Node, DataKeys Keys, SealingStore Sealing) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Keys.DisposeAsync();
            Node.Dispose();
        }
    }
}
