using System.Diagnostics.CodeAnalysis;
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
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
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
    private readonly SyncPeers _partners;
    private readonly IRecordStore _database;
    private readonly KeyStore _keyStore;
    private RecordWriter _writer;
    private ulong _number;

    private FlowNode(
        string id,
        ManualTime time,
        NodeKeys keys,
        TemporaryDirectory? directory,
        IRecordStore database,
        KeyStore keyStore,
        IEnumerable<Agreement>? agreements = null)
    {
        _partners = Partners(id, agreements ?? [SampleAgreements.City(), SampleAgreements.Province()]);
        _directory = directory;
        _identity = new NodeIdentity(id, id, TestNode: true);
        _time = time;
        (_database, _keyStore) = (database, keyStore);
        Keys = keys;
        Store = new FaultyStore(database);
        Start();
    }

    public string Id => _identity.Id;

    public ManualTime Time => _time;

    /// <summary>What the node writes to; stays the same object when it is restarted.</summary>
    public FaultyStore Store { get; }

    public PutStream Streams { get; private set; }

    public OutageBook Outages { get; private set; }

    public PartialRecords Partial { get; private set; }

    public IdentityReviews Reviews { get; private set; }

    public NodeKeys Keys { get; }

    public DataKeys DataKeys { get; private set; }

    public RetractionCauses Causes { get; private set; }

    public KeyRetirements Retirements { get; private set; }

    public ErasedBefore ErasedBefore { get; private set; }

    public SubjectErasure Erasure { get; private set; }

    public SubjectRestriction Restriction { get; private set; }

    public Erasures Erasures { get; private set; }

    public StreamUndo Undo { get; private set; }

    public RecordCodec Codec { get; private set; }

    public PlacementReader Placements { get; private set; }

    public static async Task<FlowNode> OpenAsync(string id, ManualTime time)
    {
        var directory = new TemporaryDirectory();
        var keys = NodeKeys.Create(directory.Path);
        var database = await RecordStores.OpenAsync(new StoreOptions("", id, "memory"), time, default);
        return new FlowNode(id, time, keys, directory, database, await KeyStores.InMemoryAsync(time));
    }

    /// <summary>
    /// Opens a node over a store and one of keys, with partners by some agreements.
    /// </summary>
    public static FlowNode Open(
        string id, ManualTime time, FaultyStore store, FaultyStore keyStore, IEnumerable<Agreement> agreements)
    {
        var directory = new TemporaryDirectory();
        var keys = NodeKeys.Create(directory.Path);
        var wrapped = new KeyStore(keyStore, MasterKeys.Create(folder: null, time), time);
        return new FlowNode(id, time, keys, directory, store, wrapped, agreements) { KeyFaults = keyStore };
    }

    /// <summary>Opens a node whose store and keys are in a folder, which outlives it.</summary>
    public static async Task<FlowNode> OpenAsync(string id, ManualTime time, string folder)
    {
        var path = Path.Combine(folder, "keys");
        var keys = Directory.Exists(path) ? NodeKeys.Load(path) : NodeKeys.Create(path);
        var database = await RecordStores.OpenAsync(
            new StoreOptions(Path.Combine(folder, "store"), id, "sqlite"), time, default);
        return new FlowNode(
            id, time, keys, directory: null, database, await KeyStores.OpenAsync(path, id, database, time, default));
    }

    /// <summary>What the node holds beside the agreement that a session is under.</summary>
    public List<Agreement> Others { get; } = [];

    /// <summary>What lies before the store of keys, of a node that was opened over one.</summary>
    public FaultyStore KeyFaults { get; private init; } = null!;

    /// <summary>Told what the node's sources can't read.</summary>
    public ILogger<SyncSource> Log { get; set; } = NullLogger<SyncSource>.Instance;

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
            Log);
    }

    /// <summary>What the process knew is gone, and another one runs over the same stores.</summary>
    public async Task RestartAsync()
    {
        Retirements.Dispose();
        ErasedBefore.Dispose();
        Start();
        await ErasedBefore.RunAsync(default);
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

    [MemberNotNull(nameof(DataKeys), nameof(Codec), nameof(Causes), nameof(Retirements), nameof(Erasure))]
    [MemberNotNull(nameof(ErasedBefore), nameof(Restriction), nameof(Erasures), nameof(Undo), nameof(Placements))]
    [MemberNotNull(nameof(_writer), nameof(Partial), nameof(Reviews), nameof(Outages), nameof(Streams))]
    private void Start()
    {
        DataKeys = new DataKeys(_keyStore, Keys);
        var sealing = new SealingStore(_database, DataKeys);
        Store.Replace(sealing);
        Codec = new RecordCodec(DataKeys, _kinds, _identity);
        var successions = new Successions(_partners, _identity, _time);
        var resolver = new RecordResolver(
            Store, Codec, _kinds, new RecordReferences(Store, _kinds, Keys), Keys, _identity, successions, _time);
        Causes = new RetractionCauses(Store, _partners, _kinds, _time);
        var subjects = new SubjectRecords(Store, _kinds, Causes, _identity);
        Retirements = new KeyRetirements(
            Store,
            sealing,
            DataKeys,
            new SealedEntries(Store, _partners, DataKeys),
            Causes,
            _kinds,
            NullLogger<KeyRetirements>.Instance);
        var retention = new Retention(Options.Create(new RetentionOptions()), _kinds, Codec, _time);
        Erasure = new SubjectErasure(Store, subjects, retention, Codec, Causes, Retirements, _identity, _time);
        ErasedBefore = new ErasedBefore(
            Store, DataKeys, Codec, subjects, Retirements, Erasure, NullLogger<ErasedBefore>.Instance);
        Restriction = new SubjectRestriction(Store, subjects, Codec, Causes);
        Erasures = new Erasures(Store, _partners, _time);
        Undo = new StreamUndo(Store, Codec, _kinds, Causes, Keys);
        var quotas = new ReferralQuotas(Store, Codec, _identity);
        Placements = new PlacementReader(Store, Codec, new PlacementFlags(Store, Codec, quotas));
        _writer = new RecordWriter(Store, resolver, Codec, Causes, quotas, _identity, successions, _time);
        Partial = new PartialRecords(Store, Codec, _kinds, Keys, _identity, successions, _time);
        Reviews = NewReviews();
        Outages = new OutageBook(Store, _identity, _time);
        Streams = new PutStream(Store, _writer, new ItemNames(_kinds, Keys), _time);
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
