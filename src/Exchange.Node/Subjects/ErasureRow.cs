using Exchange.Node.Sync;
using Exchange.Store;

namespace Exchange.Node.Subjects;

/// <summary>That a person's data was erased: what stays of it. Ids, times and words, no personal data.</summary>
internal sealed record ErasureRow
{
    /// <summary>The collection that holds them, by the subject's id.</summary>
    public const string Collection = "erasures";

    /// <summary>The collection that holds the erased records, by their key: their tombstones may be gone.</summary>
    public const string RecordsCollection = "erased-records";

    private const byte FormatByte = 1;

    private static readonly byte[] Erased = [1];

    // Beside the records: times and the reason; beside a retained one: its day and the law, of which each character
    // takes at most three bytes.
    private const int Overhead = 1024;
    private const int RetainedOverhead = 650;

    /// <summary>When it was erased here.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>By when partners must have acknowledged.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Why, in the caller's words.</summary>
    public required string Reason { get; init; }

    /// <summary>The records that were erased.</summary>
    public required IReadOnlyList<RecordKey> Records { get; init; }

    /// <summary>The records that law says must be kept, held apart for so long.</summary>
    public IReadOnlyList<RetainedRecord> Retained { get; init; } = [];

    /// <summary>All records that partners were asked to give back.</summary>
    public IEnumerable<RecordKey> TakenBack => Records.Concat(Retained.Select(retained => retained.Key));

    /// <summary>The key of a subject's row.</summary>
    public static byte[] Key(Guid subject) => RecordKeyBytes.OfId(subject);

    /// <summary>A subject's row; null for one who was never erased here.</summary>
    public static async Task<ErasureRow?> FindAsync(
        IRecordStore store, Guid subject, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Collection, [Key(subject)], cancellationToken))[0] is { } row
            ? Read(row.Span)
            : null;

    /// <summary>That a record was erased, for good.</summary>
    public static EntryWrite Mark(RecordKey record) => new(RecordsCollection, RecordKeyBytes.Of(record), Erased);

    /// <summary>The subject of a row.</summary>
    public static Guid Subject(ReadOnlySpan<byte> key) => new(key, bigEndian: true);

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(new byte[Overhead
            + Records.Sum(record => RecordKeyBytes.Length(record) + 1)
            + Retained.Sum(retained => RecordKeyBytes.Length(retained.Key) + RetainedOverhead)]);
        row.Byte(FormatByte);
        row.Number((ulong)Time.ToUnixTimeMilliseconds());
        row.Number((ulong)Deadline.ToUnixTimeMilliseconds());
        row.Text(Reason);
        row.Number((ulong)Records.Count);
        foreach (var record in Records)
        {
            row.Bytes(RecordKeyBytes.Of(record));
        }

        row.Number((ulong)Retained.Count);
        foreach (var retained in Retained)
        {
            row.Bytes(RecordKeyBytes.Of(retained.Key));
            row.Number((ulong)retained.Until.DayNumber);
            row.Text(retained.Provision);
        }

        return row.ToArray();
    }

    /// <summary>Reads a stored value.</summary>
    public static ErasureRow Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        var time = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number());
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number());
        var reason = row.Text();
        var records = new RecordKey[row.Number()];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = RecordKeyBytes.Read(row.Bytes());
        }

        // Rows of before the schedule end here.
        var retained = new RetainedRecord[row.IsAtEnd ? 0 : row.Number()];
        for (var i = 0; i < retained.Length; i++)
        {
            var key = RecordKeyBytes.Read(row.Bytes());
            retained[i] = new RetainedRecord(key, DateOnly.FromDayNumber((int)row.Number()), row.Text());
        }

        return new ErasureRow
        {
            Time = time,
            Deadline = deadline,
            Reason = reason,
            Records = records,
            Retained = retained,
        };
    }
}
