using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Sync;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using KeyRotation = Exchange.Node.Trust.KeyRotation;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Trust;

/// <summary>Keys are renewed under a node that serves, whatever ends it on the way.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private const int Persons = 30;

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly List<RecordKey> _workers = [];

    private NodeKeys _node = null!;
    private IRecordStore _database = null!;
    private FaultyStore _keyStore = null!;
    private Run _run = null!;

    public async Task InitializeAsync()
    {
        _node = NodeKeys.Create(_directory.Path);
        MasterKeys.Create(_directory.Path, _time).Dispose();
        _database = await MemoryAsync();
        _keyStore = new FaultyStore(await MemoryAsync());
        _run = Start();
        for (var i = 0; i < Persons; i++)
        {
            await PutAsync(i);
        }
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _keyStore.DisposeAsync();
        _node.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_master_is_renewed_and_the_old_one_is_gone()
    {
        var before = await WrappedAsync();

        await _run.Rotation.BeginAsync(withPayloads: false, default);
        await _run.Rotation.RunAsync(default);

        var after = await WrappedAsync();
        Assert.Equal(Persons, after.Count);
        Assert.All(after, wrapped => Assert.True(DataKeySet.IsUnder(2, wrapped.Value.Span)));
        Assert.All(before.Zip(after), pair => Assert.False(pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span)));
        Assert.Equal([2u], _run.Masters.Versions.Select(master => master.Version));
        await ReadAllAsync();
        _run = Start();
        await ReadAllAsync();
        var state = (await _run.Rotation.StateAsync(default))!;
        Assert.Equal((RotationStep.Done, Persons, 0L), (state.Step, state.Wrapped, state.Sealed));
    }

    [Fact]
    public async Task With_payloads_everything_is_sealed_under_new_keys_and_nothing_moves()
    {
        var feed = await _database.ReadFeedAsync(FeedPosition.Start, 100, default);

        await _run.Rotation.BeginAsync(withPayloads: true, default);
        await _run.Rotation.RunAsync(default);

        var after = await _database.ReadFeedAsync(FeedPosition.Start, 100, default);
        Assert.Equal(
            feed.Records.Select(record => (record.Key, record.Version, record.Position)),
            after.Records.Select(record => (record.Key, record.Version, record.Position)));
        Assert.All(after.Records, record => Assert.Equal(2u, SealedUnder.Read(record.Payload.Span)!.Value.Generation));
        await ReadAllAsync();
        Assert.All(feed.Records, record => Assert.NotEqual(0, _run.Codec.Payload(record).Length));
    }

    [Fact]
    public async Task What_the_nodes_one_key_sealed_gets_its_persons_key()
    {
        var record = (await _database.GetAsync(_workers[3], default))!;
        var legacy = LegacySeal.Seal(_directory.Path, record.Key, People.Worker(3).ToByteArray());
        await _database.CommitAsync(
            new Commit { Replacements = [new PayloadReplacement(record.Key, record.Payload, legacy)] }, default);

        await _run.Rotation.BeginAsync(withPayloads: true, default);
        await _run.Rotation.RunAsync(default);

        var after = (await _database.GetAsync(_workers[3], default))!;
        Assert.Equal(new SealedUnder(_workers[3].Id, 2), SealedUnder.Read(after.Payload.Span));
        await ReadAllAsync();
    }

    [Theory]
    [InlineData(Fault.BeforeCommit)]
    [InlineData(Fault.AfterCommit)]
    public async Task Wherever_it_ends_the_next_start_goes_on_with_it(Fault fault)
    {
        await _run.Rotation.BeginAsync(withPayloads: true, default);
        var before = _keyStore.Commits;
        var restarts = 0;
        for (var commit = 0; ; commit++)
        {
            _keyStore.After(commit, fault);
            try
            {
                await _run.Rotation.RunAsync(default);
                break;
            }
            catch (StoreUnavailableException)
            {
                restarts++;
                _run = Start();
                await ReadAllAsync();
            }
        }

        Assert.InRange(restarts, 3, 50);
        Assert.True(_keyStore.Commits > before);
        Assert.Equal([2u], _run.Masters.Versions.Select(master => master.Version));
        Assert.All(await WrappedAsync(), wrapped => Assert.True(DataKeySet.IsUnder(2, wrapped.Value.Span)));
        var feed = await _database.ReadFeedAsync(FeedPosition.Start, 100, default);
        Assert.All(feed.Records, record => Assert.NotEqual(1u, SealedUnder.Read(record.Payload.Span)!.Value.Generation));
        _run = Start();
        await ReadAllAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_damaged_record_stops_no_rotation(bool isEnvelope)
    {
        var damaged = (await _database.GetAsync(_workers[3], default))!;
        byte[] spoiled = isEnvelope ? [0, 0xFF, 0xFF] : [.. damaged.Payload.Span[..^1], (byte)~damaged.Payload.Span[^1]];
        await _database.CommitAsync(
            new Commit
            {
                Puts =
                [
                    new RecordPut
                    {
                        Key = damaged.Key,
                        Version = damaged.Version,
                        Envelope = isEnvelope ? spoiled : damaged.Envelope,
                        Payload = isEnvelope ? damaged.Payload : spoiled,
                    },
                ],
            },
            default);

        await _run.Rotation.BeginAsync(withPayloads: true, default);
        await _run.Rotation.RunAsync(default);

        var state = (await _run.Rotation.StateAsync(default))!;
        Assert.Equal((RotationStep.Done, Persons - 1L), (state.Step, state.Sealed));
        var feed = await _database.ReadFeedAsync(FeedPosition.Start, 100, default);
        Assert.All(feed.Records.Where(record => record.Key != damaged.Key), record => Assert.Equal(
            2u, SealedUnder.Read(record.Payload.Span)!.Value.Generation));
    }

    [Fact]
    public async Task Another_one_is_refused_while_one_is_under_way()
    {
        await _run.Rotation.BeginAsync(withPayloads: false, default);

        var error = await Assert.ThrowsAsync<ExchangeException>(() => _run.Rotation.BeginAsync(true, default));

        Assert.Equal(ErrorReason.KeyRotationRunning, error.Reason);
        await _run.Rotation.RunAsync(default);
        await _run.Rotation.BeginAsync(withPayloads: false, default);
        await _run.Rotation.RunAsync(default);
        Assert.Equal(3u, _run.Masters.Current);
    }

    private async Task PutAsync(int number)
    {
        var key = new RecordKey("worker", Guid.CreateVersion7(_time.GetUtcNow().AddSeconds(number)));
        var record = new Record
        {
            HomeNode = "zhaotong",
            SubjectIds = { key.Id.ToString() },
            Payload = new Any { Value = People.Worker(number).ToByteString() },
        };
        var encoded = _run.Codec.Encode(key, record, []);
        await _run.Store.CommitAsync(
            new Commit { Puts = [new RecordPut { Key = key, Envelope = encoded.Envelope, Payload = encoded.Payload }] },
            default);
        _workers.Add(key);
    }

    private async Task ReadAllAsync()
    {
        for (var i = 0; i < Persons; i++)
        {
            var stored = (await _database.GetAsync(_workers[i], default))!;
            Assert.Equal(People.Worker(i), Worker.Parser.ParseFrom(_run.Codec.Payload(stored).Span));
        }
    }

    private Task<IReadOnlyList<Entry>> WrappedAsync() =>
        _keyStore.ReadEntriesAsync("data-keys", default, default, 1000, default);

    private Task<IRecordStore> MemoryAsync() =>
        RecordStores.OpenAsync(new StoreOptions("", "zhaotong", "memory"), _time, default);

    // What a start makes of the files and stores that the last run left.
    private Run Start()
    {
        var masters = MasterKeys.Find(_directory.Path)!;
        var keys = new DataKeys(new KeyStore(_keyStore, masters, _time), _node);
        var store = new SealingStore(_database, keys);
        var codec = new RecordCodec(keys, new RecordKinds(), new NodeIdentity("zhaotong", "", TestNode: true));
        var entries = new SealedEntries(store, new SyncPeers([]), keys);
        return new Run(
            masters, store, codec, new KeyRotation(store, keys, codec, entries, _time, NullLogger<KeyRotation>.Instance));
    }

    private sealed record Run(MasterKeys Masters, SealingStore Store, RecordCodec Codec, KeyRotation Rotation);
}
