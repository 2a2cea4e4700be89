using System.Security.Cryptography;
using Exchange.Node.Records;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Cli.PartnerKit;

/// <summary>
/// Makes what the test node gives. Its persons are none: they have no ID number, and a place whose code was never
/// issued.
/// </summary>
internal sealed class KitRecords(KitIdentity identity, TimeProvider time)
{
    private const string NeverIssuedPlace = "998801";
    private const int CounterBits = 16;

    private ulong _clock;

    /// <summary>An id that no other record has.</summary>
    public static string NewId() => Guid.CreateVersion7().ToString();

    /// <summary>The version after all those that were made.</summary>
    public RecordVersion Next()
    {
        var now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << CounterBits;
        _clock = Math.Max(_clock + 1, now);
        return Version(_clock);
    }

    /// <summary>A version from a clock that is ahead.</summary>
    public RecordVersion Ahead(TimeSpan by) =>
        Version((ulong)(time.GetUtcNow() + by).ToUnixTimeMilliseconds() << CounterBits);

    /// <summary>A person, by statutory duty.</summary>
    public Record Worker(string id, string name = "测试甲") => Of(
        "worker",
        id,
        new Worker { Name = name, RegisteredPlace = new Place { DivisionCode = NeverIssuedPlace } }.ToByteString(),
        V1.Worker.Descriptor.FullName);

    /// <summary>The same with a field and a value that no version of the contract has.</summary>
    public Record WorkerOfTomorrow(string id)
    {
        var worker = new Worker { Name = "测试乙", Sex = (Sex)77 };
        var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            worker.WriteTo(output);
            output.WriteTag(KitAgreement.UnknownField, WireFormat.WireType.LengthDelimited);
            output.WriteString("from tomorrow");
        }

        return Of("worker", id, ByteString.CopyFrom(bytes.ToArray()), V1.Worker.Descriptor.FullName);
    }

    /// <summary>The same, by consent to the partner.</summary>
    public Record WorkerByConsent(string id, ulong consent)
    {
        var record = Worker(id);
        record.LegalBasis = new LegalBasis
        {
            Kind = LegalBasisKind.Consent,
            Consents =
            {
                new Consent
                {
                    Version = consent,
                    RecipientNode = identity.Partner,
                    Purpose = KitAgreement.Purpose,
                    TextVersion = "check-1",
                },
            },
        };
        return record;
    }

    /// <summary>An event that names a worker.</summary>
    public Record EventOf(string worker)
    {
        var happened = new PlacementEvent
        {
            PlacementId = NewId(),
            WorkerId = worker,
            SendingNode = identity.Node,
            ReceivingNode = identity.Partner,
            Type = PlacementEventType.Referred,
            HappenedDate = DateRules.ToDate(NodeIdentity.Today(time)),
        };
        var record = Of(
            "placement_event", NewId(), happened.ToByteString(), PlacementEvent.Descriptor.FullName);
        record.SubjectIds.Clear();
        record.SubjectIds.Add(worker);
        return record;
    }

    /// <summary>A record of a kind that nobody knows.</summary>
    public Record Unknown(string kind)
    {
        var text = new StringValue { Value = "a kind from tomorrow" };
        return Of(kind, NewId(), text.ToByteString(), "exchange.v9.Note");
    }

    /// <summary>Takes a record back.</summary>
    public Removal Removal(string kind, string id, RemovalReason reason, ulong consent = 0) => new()
    {
        Kind = kind,
        Id = id,
        Version = Next(),
        Revision = 1,
        Reason = reason,
        ConsentVersion = consent,
    };

    /// <summary>A record with another payload.</summary>
    public static Record With(Record record, ByteString payload)
    {
        record.Payload.Value = payload;
        record.PayloadHash = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(payload.Span));
        return record;
    }

    private RecordVersion Version(ulong clock) => new() { Clock = clock, Node = identity.Node };

    private Record Of(string kind, string id, ByteString payload, string type) => With(
        new Record
        {
            Kind = kind,
            Id = id,
            HomeNode = identity.Node,
            Version = Next(),
            State = RecordState.Active,
            LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty, Provision = "check" },
            ScopeKeys = { new ScopeKey { Name = ScopeNames.Division, Value = NeverIssuedPlace } },
            SubjectIds = { id },
            Projection = new Projection { Name = $"{KitAgreement.Purpose}:1", Revision = 1 },
            Payload = new Any { TypeUrl = "type.googleapis.com/" + type },
        },
        payload);
}
