using System.Security.Cryptography;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>Changes as a peer would send them, good or bad.</summary>
internal static class Incoming
{
    public const string Epoch = "019aa2b4-0000-4000-8000-000000000001";

    /// <summary>A vacancy of dongguan, written at a time.</summary>
    public static Record Vacancy(Guid id, DateTimeOffset written, int number = 1) =>
        Record("vacancy", id, written, Any.Pack(People.Vacancy(number)));

    public static Record Record(string kind, Guid id, DateTimeOffset written, Any payload) => new()
    {
        Kind = kind,
        Id = id.ToString(),
        HomeNode = "dongguan",
        Version = Version(written),
        State = RecordState.Active,
        Projection = new Projection { Name = "city:1", Revision = 1 },
        Payload = payload,
        PayloadHash = ByteString.CopyFrom(SHA256.HashData(payload.Value.Span)),
    };

    public static Removal Removal(Guid id, DateTimeOffset written, string kind = "vacancy") => new()
    {
        Kind = kind,
        Id = id.ToString(),
        Version = Version(written),
        Revision = 1,
        Reason = RemovalReason.Deleted,
    };

    public static RecordVersion Version(DateTimeOffset written) =>
        new() { Clock = (ulong)written.ToUnixTimeMilliseconds() << 16, Node = "dongguan" };

    public static SyncBatch Batch(ulong from, ulong to, params SyncChange[] changes) => new()
    {
        From = new FeedCursor { Epoch = Epoch, Position = from },
        To = new FeedCursor { Epoch = Epoch, Position = to },
        Changes = { changes },
    };

    public static SyncChange Change(this Record record) => new() { Record = record };

    public static SyncChange Change(this Removal removal) => new() { Removal = removal };
}
