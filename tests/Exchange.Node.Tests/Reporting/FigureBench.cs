using Exchange.Node.Access;
using Exchange.Node.Cooperation;
using Exchange.Node.Figures;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Reporting;

/// <summary>
/// A store in memory with records of the real kinds, checked by their rules and written as a node writes them, and the
/// code that counts them.
/// </summary>
internal sealed class FigureBench : IAsyncDisposable
{
    private const int Batch = 2000;

    // The rules look at every record of a seed of thousands that differ in days and ids alone; some of them are enough.
    private const int Checked = 50;

    private readonly TemporaryDirectory _directory;
    private readonly ManualTime _time;
    private readonly RecordKinds _kinds = new();
    private readonly NodeKeys _keys;
    private readonly DivisionTree _tree;
    private readonly List<RecordPut> _waiting = [];
    private readonly RuleContext _rules;
    private ulong _ids;

    private FigureBench(IRecordStore store, NodeKeys keys, DataKeys dataKeys, TemporaryDirectory directory, ManualTime time)
    {
        (Store, _keys, _directory, _time) = (store, keys, directory, time);
        Codec = new RecordCodec(dataKeys, _kinds, Identity);
        Book = new FigureBook(Store, Codec);
        _tree = new DivisionTree(Store, Codec, time);
        Planner = new FigurePlanner(Store, Codec, _tree, time);
        Desk = new FigureDesk(
            Book,
            Planner,
            new PublishedReports(Store, Codec, new SyncPeers([]), Identity, _keys),
            new TargetBook(Store, Codec));
        _rules = new RuleContext(NodeIdentity.Today(time), TestNode: true, "zhaotong");
    }

    public IRecordStore Store { get; }

    public RecordCodec Codec { get; }

    public FigureBook Book { get; }

    public FigurePlanner Planner { get; }

    public FigureDesk Desk { get; }

    private static NodeIdentity Identity { get; } = new("zhaotong", "昭通", TestNode: true);

    public static async Task<FigureBench> OpenAsync()
    {
        var (time, directory) = (new ManualTime(), new TemporaryDirectory());
        var keys = NodeKeys.Create(directory.Path);
        var dataKeys = new DataKeys(await KeyStores.InMemoryAsync(time), keys);
        var store = await RecordStores.OpenAsync(new StoreOptions("", "zhaotong", "memory"), time, default);
        return new FigureBench(new SealingStore(store, dataKeys), keys, dataKeys, directory, time);
    }

    /// <summary>An id that nobody has.</summary>
    public string NewId()
    {
        _ids++;
        return $"019a0000-0000-7000-8000-{_ids:x12}";
    }

    /// <summary>Adds a record; it is stored with the next <see cref="FlushAsync"/>.</summary>
    public async Task<string> AddAsync(IMessage payload, string? id = null, RecordState state = RecordState.Active)
    {
        if (id is not null)
        {
            await FlushAsync();
        }

        var kind = _kinds.FindByDescriptor(payload.Descriptor)!;
        var key = new RecordKey(kind.Name, Guid.Parse(id ?? NewId()));
        if (_waiting.Count % Checked == 0)
        {
            Assert.Empty(kind.Check(payload, _rules).Select(wrong => $"{kind.Name}: {wrong}"));
        }

        var facts = kind.Describe(key.Id, payload, _keys);
        var bytes = payload.ToByteString();
        var record = new Record
        {
            HomeNode = "zhaotong",
            State = state,
            ScopeKeys = { facts.ScopeKeys },
            SubjectIds = { facts.SubjectIds },
            Payload = new Any { TypeUrl = $"type.googleapis.com/{payload.Descriptor.FullName}", Value = bytes },
        };
        var encoded = Codec.Encode(key, record, item: []);
        _waiting.Add(new RecordPut
        {
            Key = key,
            Envelope = encoded.Envelope,
            Payload = encoded.Payload,
            Keys = RecordIndexes.Of(key, facts, external: null),
        });
        if (_waiting.Count >= Batch)
        {
            await FlushAsync();
        }

        return key.Id.ToString();
    }

    /// <summary>The events of a placement.</summary>
    public async Task<IReadOnlyList<(string Id, string Worker)>> EventsAsync(string placement)
    {
        await FlushAsync();
        var query = new RecordQuery("placement_event") { Index = IndexNames.Placement, Value = placement };
        var page = await Store.QueryAsync(query, default);
        return
        [
            .. page.Records.Select(stored => (
                stored.Key.Id.ToString(), Codec.Decode(stored).Payload.Unpack<PlacementEvent>().WorkerId)),
        ];
    }

    /// <summary>Deletes a record.</summary>
    public Task DeleteAsync(string kind, string id)
    {
        var put = new RecordPut { Key = new RecordKey(kind, Guid.Parse(id)), IsTombstone = true };
        return Store.CommitAsync(new Commit { Puts = [put] }, default);
    }

    public async Task FlushAsync()
    {
        await Store.CommitAsync(new Commit { Puts = [.. _waiting] }, default);
        _waiting.Clear();
    }

    /// <summary>Counts one figure.</summary>
    public async Task<Figure> CountAsync(FigureQuestion question, DateOnly? asOf = null)
    {
        await FlushAsync();
        var day = asOf ?? NodeIdentity.Today(_time);
        var planned = await Planner.PlanAsync(question, "question", day, Reach.Whole, default);
        return await Book.ReadAsync(tables => FigureMaker.Make(tables, planned), default);
    }

    /// <summary>Answers one question as the service does, adding reports up if it asks for that.</summary>
    public async Task<Figure> AnswerAsync(FigureQuestion question)
    {
        await FlushAsync();
        return (await Desk.AnswerAsync([question], NodeIdentity.Today(_time), Reach.Whole, default))[0];
    }

    /// <summary>A claim of a reconciliation.</summary>
    public Task<NamedNumber> ReadAsync(FigureClaim claim, DateOnly asOf) =>
        Desk.ReadAsync(claim, "claim", asOf, Reach.Whole, default);

    /// <summary>Each division right below a target's reports its part of a number, signed.</summary>
    public async Task ReportBelowAsync(Target target, long reached)
    {
        var children = await _tree.ChildrenAsync(target.Place.DivisionCode, day: null, default);
        for (var i = 0; i < children.Count; i++)
        {
            var part = Samples.Place(children[i].Code, children[i].Name);
            var scope = FigurePlanner.ScopeOf(target, new FigureScope { DivisionCode = children[i].Code });
            var value = (reached / children.Count) + (i == 0 ? reached % children.Count : 0);
            var statement = new PublishedReportStatement
            {
                Place = part,
                Title = "目标任务完成情况",
                AsOfDate = target.ToDate,
                Figures = { new Figure { Scope = scope, Value = value, Origin = FigureOrigin.Stated } },
                SignedOffBy = "人力资源和社会保障局",
            };
            await AddReportAsync(statement);
        }
    }

    /// <summary>A report of this node, signed.</summary>
    public Task<string> AddReportAsync(PublishedReportStatement statement, Action<PublishedReport>? spoil = null)
    {
        var bytes = statement.ToByteString();
        var report = new PublishedReport
        {
            Place = statement.Place,
            Title = statement.Title,
            AsOfDate = statement.AsOfDate,
            PublishedReportId = statement.CorrectedReportId,
            Statement = bytes,
            Signature = new NodeReceiptSigner(Identity, _keys, []).Sign(bytes.Span),
        };
        spoil?.Invoke(report);
        return AddAsync(report);
    }

    public async ValueTask DisposeAsync()
    {
        Book.Dispose();
        await Store.DisposeAsync();
        _keys.Dispose();
        _directory.Dispose();
    }
}
