using System.Text;
using Exchange.Store;

namespace Exchange.Benchmarks.Stores;

/// <summary>Records of the size that a worker has, with ids in the order in which a node makes them.</summary>
internal static class BenchmarkData
{
    public const string Kind = "worker";

    private static readonly byte[] Payload = Bytes(300);
    private static readonly byte[] Envelope = Bytes(60);
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static Guid[] Ids(int count) =>
        [.. Enumerable.Range(0, count).Select(i => Guid.CreateVersion7(Start.AddMilliseconds(i))).Order()];

    /// <summary>A record with one unique key, which rises with the ids as the rows of an imported file do.</summary>
    public static RecordPut Put(Guid id, int number) => Put(id, [new IndexKey("external", External(number), true)]);

    /// <summary>The same with a second key that scatters over a thousand values.</summary>
    public static RecordPut PutScattered(Guid id, int number) =>
        Put(id, [new("external", "s" + External(number), Unique: true), new("division", $"{number % 1_000}")]);

    public static string External(int number) => $"county/{number:00000000}";

    public static byte[] ExternalBytes(int number) => Encoding.UTF8.GetBytes(External(number));

    public static ReadOnlySpan<byte> PayloadBytes => Payload;

    public static ReadOnlySpan<byte> EnvelopeBytes => Envelope;

    private static RecordPut Put(Guid id, IndexKey[] keys) => new()
    {
        Key = new RecordKey(Kind, id),
        Envelope = Envelope,
        Payload = Payload,
        Keys = keys,
    };

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
