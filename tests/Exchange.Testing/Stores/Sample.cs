using System.Buffers.Binary;
using System.Text;
using Exchange.Store;

namespace Exchange.Testing.Stores;

/// <summary>Short ways to say records, commits and entries in tests.</summary>
public static class Sample
{
    public const string Kind = "worker";

    /// <summary>An id that rises with its number, like those that a node makes.</summary>
    public static Guid Id(int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }

    public static RecordKey Key(int number, string kind = Kind) => new(kind, Id(number));

    public static RecordPut Put(int number, string payload = "payload", params IndexKey[] keys) => new()
    {
        Key = Key(number),
        Envelope = Bytes("envelope"),
        Payload = Bytes(payload),
        Keys = keys,
    };

    public static RecordPut Tombstone(int number) => new() { Key = Key(number), IsTombstone = true };

    public static RecordPut Expecting(
        this RecordPut put, Expectation expectation, RecordVersion? version = null, uint revision = 0) =>
        new()
        {
            Key = put.Key,
            Version = version,
            Revision = revision,
            IsTombstone = put.IsTombstone,
            Envelope = put.Envelope,
            Payload = put.Payload,
            Keys = put.Keys,
            Expect = expectation,
        };

    public static IndexKey Unique(string value) => new("external", value, Unique: true);

    public static IndexKey In(string division) => new("division", division);

    public static EntryWrite Write(string collection, string key, string? value, EntryExpectation? expect = null) =>
        value is null
            ? EntryWrite.Delete(collection, Bytes(key), expect)
            : new EntryWrite(collection, Bytes(key), Bytes(value), expect);

    public static EntryExpectation Holds(string? value) =>
        value is null ? EntryExpectation.Absent : new EntryExpectation(Bytes(value));

    public static RequestId Request(string value, byte digest = 1) => new(value, new byte[] { digest });

    public static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static Task<CommitResult> PutAsync(this IRecordStore store, params RecordPut[] puts) =>
        store.CommitAsync(new Commit { Puts = puts }, CancellationToken.None);

    public static Task<CommitResult> WriteAsync(this IRecordStore store, params EntryWrite[] entries) =>
        store.CommitAsync(new Commit { Entries = entries }, CancellationToken.None);

    /// <summary>The payload of a record, or null if it isn't there.</summary>
    public static async Task<string?> PayloadAsync(this IRecordStore store, int number) =>
        await store.GetAsync(Key(number), CancellationToken.None) is { } record ? Text(record.Payload) : null;

    /// <summary>The whole feed, read in pages.</summary>
    public static async Task<List<StoredRecord>> FeedAsync(
        this IRecordStore store, FeedPosition after = default, int limit = 100)
    {
        var records = new List<StoredRecord>();
        while (true)
        {
            var page = await store.ReadFeedAsync(after, limit, CancellationToken.None);
            records.AddRange(page.Records);
            after = page.Next;
            if (page.AtHead)
            {
                return records;
            }
        }
    }

    /// <summary>The numbers of all records that a query finds, read in pages.</summary>
    public static async Task<List<Guid>> QueryIdsAsync(this IRecordStore store, RecordQuery query)
    {
        var ids = new List<Guid>();
        for (var next = query; next is not null;)
        {
            var page = await store.QueryAsync(next, CancellationToken.None);
            ids.AddRange(page.Records.Select(record => record.Key.Id));
            next = page.Next is null ? null : query with { After = page.Next };
        }

        return ids;
    }

    public static async Task<string?> EntryAsync(this IRecordStore store, string collection, string key)
    {
        var values = await store.GetEntriesAsync(collection, [Bytes(key)], CancellationToken.None);
        return values[0] is { } value ? Text(value) : null;
    }
}
