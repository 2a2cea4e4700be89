using Exchange.Node.Agreements;
using Exchange.Node.Outages;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Node.Reviews;
using Exchange.Node.Subjects;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.Testing.Stores;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>The data side of one node over a store in memory or in a folder, without sockets.</summary>
internal sealed class FlowNode : IAsyncDisposable
{
    public static readonly LegalBasis Duty = new() { Kind = LegalBasisKind.StatutoryDuty };

    public static readonly byte[] DigestKey = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private readonly TemporaryDirectory? _directory;
    private readonly ManualTime _time;
    private readonly RecordKinds _kinds = new();
    private readonly NodeIdentity _identity;
    private readonly RecordWriter _writer;
    private ulong _number;

    private FlowNode(
        string id,
        FaultyStore store,
        ManualTime time,
        NodeKeys keys,
        DataKeys dataKeys,
        SealingStore sealing,
        TemporaryDirectory? directory,
        IEnumerable<Agreement>? agreements = null)
    {
        var partners = Partners(id, agreements ?? [SampleAgreements.City(), SampleAgreements.Province()]);
        _directory = directory;
        _identity = new NodeIdentity(id, id, TestNode: true);
        _time = time;
        Store = store;
        Keys = keys;
        DataKeys = dataKeys;
        Codec = new RecordCodec(dataKeys, _kinds, _identity);
        var successions = new Successions(partners, _identity, time);
        var resolver = new RecordResolver(
            Store, Codec, _kinds, new RecordReferences(Store, _kinds, Keys), Keys, _identity, successions, time);
        Causes = new RetractionCauses(Store, partners, _kinds, time);
        var subjects = new SubjectRecords(Store, _kinds, Causes, _identity);
        Retirements = new KeyRetirements(
            Store,
            sealing,
            dataKeys,
            new SealedEntries(Store, partners, dataKeys),
            Causes,
            _kinds,
            NullLogger<KeyRetirements>.Instance);
        Erasure = new SubjectErasure(Store, subjects, Codec, Causes, Retirements, _identity, time);
        ErasedBefore = new ErasedBefore(
            Store, dataKeys, Codec, subjects, Retirements, Erasure, NullLogger<ErasedBefore>.Instance);
        Restriction = new SubjectRestriction(Store, subjects, Codec, Causes);
        Erasures = new Erasures(Store, partners, time);
        Undo = new StreamUndo(Store, Codec, _kinds, Causes, Keys);
        var quotas = new ReferralQuotas(Store, Codec, _identity);
        Placements = new PlacementReader(Store, Codec, new PlacementFlags(Store, Codec, quotas));
        _writer = new RecordWriter(Store, resolver, Codec, Causes, quotas, _identity, successions, time);
        Partial = new PartialRecords(Store, Codec, _kinds, Keys, _identity, successions, time);
        Reviews = NewReviews();
        Outages = new OutageBook(Store, _identity, time);
        Streams = new PutStream(Store, _writer, new ItemNames(_kinds, Keys), time);
    }

    public string Id => _identity.Id;

    public ManualTime Time => _time;

    public FaultyStore Store { get; }

    public PutStream Streams { get; }

    public OutageBook Outages { get; }

    public PartialRecords Partial { get; }

    public IdentityReviews Reviews { get; }

    public NodeKeys Keys { get; }

    public DataKeys DataKeys { get; }

    public RetractionCauses Causes { get; }

    public KeyRetirements Retirements { get; }

    public ErasedBefore ErasedBefore { get; }

    public SubjectErasure Erasure { get; }

    public SubjectRestriction Restriction { get; }

    public Erasures Erasures { get; }

    public StreamUndo Undo { get; }

    public RecordCodec Codec { get; }

    public PlacementReader Placements { get; }

    public static async Task<FlowNode> OpenAsync(string id, ManualTime time)
    {
        var directory = new TemporaryDirectory();
        var keys = NodeKeys.Create(directory.Path);
        var dataKeys = new DataKeys(await KeyStores.InMemoryAsync(time), keys);
        var store = new SealingStore(
            await RecordStores.OpenAsync(new StoreOptions("", id, "memory"), time, default), dataKeys);
        return new FlowNode(id, new FaultyStore(store), time, keys, dataKeys, store, directory);
    }

    /// <summary>
    /// Opens a node over a store and one of keys, with partners by some agreements.
    /// </summary>
    public static FlowNode Open(
        string id, ManualTime time, FaultyStore store, FaultyStore keyStore, IEnumerable<Agreement> agreements)
    {
        var directory = new TemporaryDirectory();
        var keys = NodeKeys.Create(directory.Path);
        var dataKeys = new DataKeys(new KeyStore(keyStore, MasterKeys.Create(folder: null, time), time), keys);
        var sealing = new SealingStore(store, dataKeys);
        return new FlowNode(id, store, time, keys, dataKeys, sealing, directory, agreements);
    }

    /// <summary>Opens a node whose store and keys are in a folder, which outlives it.</summary>
    public static async Task<FlowNode> OpenAsync(string id, ManualTime time, string folder)
    {
        var path = Path.Combine(folder, "keys");
        var keys = Directory.Exists(path) ? NodeKeys.Load(path) : NodeKeys.Create(path);
        var database = await RecordStores.OpenAsync(
            new StoreOptions(Path.Combine(folder, "store"), id, "sqlite"), time, default);
        var dataKeys = new DataKeys(await KeyStores.OpenAsync(path, id, database, time, default), keys);
        var store = new SealingStore(database, dataKeys);
        return new FlowNode(id, new FaultyStore(store), time, keys, dataKeys, store, directory: null);
    }

    /// <summary>What the node holds beside the agreement that a session is under.</summary>
    public List<Agreement> Others { get; } = [];

    /// <summary>The ports toward the other party of an agreement.</summary>
    public SyncFlows Flows(Agreement agreement)
    {
        var others = Others.Where(other => other.Id != agreement.Id);
        return new SyncFlows(
            Store,
            new SyncPeers(others.Prepend(agreement).Select(held => Peer(Id, held))),
            _identity,
            DataKeys,
            Retirements,
            Codec,
            _kinds,
            Keys,
            _time,
            NullLogger<SyncSource>.Instance);
    }

    /// <summary>The findings about ID numbers, as after a restart.</summary>
    public IdentityReviews NewReviews() => new(Store, _kinds, _identity, _time);

    /// <summary>The other party of an agreement, as a node has it configured.</summary>
    public static SyncPeer Peer(string node, Agreement agreement)
    {
        var terms = new AgreementTerms(agreement);
        return new SyncPeer(new PeerOptions { Node = terms.PartnerOf(node)! }, [terms], DigestKey);
    }

    /// <summary>Writes a record as a local system would; returns its key.</summary>
    public async Task<RecordKey> PutAsync(
        IMessage payload,
        LegalBasis? basis = null,
        Guid? id = null,
        ExternalKey? external = null,
        PutScope? scope = null)
    {
        var kind = _kinds.FindByDescriptor(payload.Descriptor)!;
        var record = new Record
        {
            Kind = kind.Name,
            Id = id?.ToString() ?? "",
            LegalBasis = basis,
            ExternalKey = external,
            Payload = new Any { TypeUrl = RecordCodec.TypeUrl(kind), Value = payload.ToByteString() },
        };
        return await WriteAsync(new PutRecordItem { Number = scope is null ? 0 : ++_number, Record = record }, scope);
    }

    /// <summary>Deletes a record as a local system would.</summary>
    public Task DeleteAsync(RecordKey key, RemovalReason reason = RemovalReason.Unspecified)
    {
        var record = new Record { Kind = key.Kind, Id = key.Id.ToString() };
        return WriteAsync(new PutRecordItem { Record = record, Delete = true, DeleteReason = reason });
    }

    /// <summary>Stores an own record past all checks, as another version of the program could.</summary>
    public async Task StoreAsync(RecordKey key, Record record)
    {
        var encoded = Codec.Encode(key, record, []);
        var put = new RecordPut { Key = key, Envelope = encoded.Envelope, Payload = encoded.Payload };
        await Store.CommitAsync(new Commit { Puts = [put] }, default);
    }

    /// <summary>Refers a worker to the receiving node.</summary>
    public Task<RecordKey> ReferAsync(RecordKey worker, string receiver) => PutAsync(Referral(worker, receiver), Duty);

    /// <summary>A referral of a worker of this node.</summary>
    public PlacementEvent Referral(RecordKey worker, string receiver) => new()
    {
        PlacementId = Guid.CreateVersion7(_time.GetUtcNow()).ToString(),
        WorkerId = worker.Id.ToString(),
        VacancyId = Guid.CreateVersion7(_time.GetUtcNow()).ToString(),
        SendingNode = Id,
        ReceivingNode = receiver,
        Type = PlacementEventType.Referred,
        HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
        TransferBatch = "K1206",
        Note = "家里的情况",
    };

    /// <summary>The record as it is held here; null if it isn't, or no longer.</summary>
    public async Task<Record?> FindAsync(RecordKey key) =>
        await Store.GetAsync(key, default) is { IsTombstone: false } stored ? Codec.Decode(stored) : null;

    public async Task<T?> FindAsync<T>(RecordKey key)
        where T : class, IMessage<T>, new() =>
        await FindAsync(key) is { } record ? record.Payload.Unpack<T>() : null;

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Retirements.Dispose();
        ErasedBefore.Dispose();
        Keys.Dispose();
        _directory?.Dispose();
    }

    private static SyncPeers Partners(string id, IEnumerable<Agreement> agreements) => new(agreements
        .Where(agreement => agreement.Parties.Any(party => party.Node == id))
        .Select(agreement => Peer(id, agreement)));

    private async Task<RecordKey> WriteAsync(PutRecordItem item, PutScope? scope = null)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var answer = await _writer.PutAsync(item, scope, default);
        return answer.Error is null
            ? new RecordKey(item.Record.Kind, Guid.Parse(answer.Id))
            : throw new InvalidOperationException(answer.Error.Message);
    }
}
