using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Architecture;
using Exchange.Store;
using Google.Protobuf;
using Xunit;
using Record = Exchange.V1.Record;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Tests.Sync;

/// <summary>Keeps the digest to the vectors that other implementations are written against.</summary>
public sealed class DigestVectorTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "reference", "digest-vectors.json"))).RootElement;

    [Fact]
    public void Items_and_buckets_are_those_of_the_vectors()
    {
        foreach (var vector in Vectors.GetProperty("items").EnumerateArray())
        {
            var (bucket, item) = Compute(vector);

            Assert.Equal(vector.GetProperty("bucket").GetInt32(), bucket);
            Assert.Equal(Text(vector, "item_hex"), item.ToString("x32", CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Digests_are_those_of_the_vectors()
    {
        var items = Vectors.GetProperty("items").EnumerateArray().Select(Compute).ToList();
        foreach (var vector in Vectors.GetProperty("digests").EnumerateArray())
        {
            var sums = new DigestSums();
            foreach (var place in vector.GetProperty("items").EnumerateArray())
            {
                sums.Add(items[place.GetInt32()].Bucket, items[place.GetInt32()].Item);
            }

            var digest = sums.ToDigest(withBuckets: true);

            Assert.Equal(vector.GetProperty("count").GetUInt64(), digest.Count);
            Assert.Equal(Text(vector, "root_hex"), Convert.ToHexStringLower(digest.Root.Span));
            Assert.Equal(Buckets(vector), Buckets(digest.Buckets.Span));
        }
    }

    private static List<(int Bucket, ulong Count, string Sum)> Buckets(JsonElement vector) =>
    [
        .. vector.GetProperty("buckets").EnumerateArray().Select(bucket => (
            bucket.GetProperty("bucket").GetInt32(),
            bucket.GetProperty("count").GetUInt64(),
            Text(bucket, "sum_hex"))),
    ];

    // As the contract lays them out: 8 bytes of count and 16 of sum, big endian.
    private static List<(int Bucket, ulong Count, string Sum)> Buckets(ReadOnlySpan<byte> bytes)
    {
        Assert.Equal(4096 * 24, bytes.Length);
        var filled = new List<(int, ulong, string)>();
        for (var bucket = 0; bucket < 4096; bucket++)
        {
            var count = BinaryPrimitives.ReadUInt64BigEndian(bytes[(bucket * 24)..]);
            if (count > 0)
            {
                filled.Add((bucket, count, Convert.ToHexStringLower(bytes.Slice((bucket * 24) + 8, 16))));
            }
        }

        return filled;
    }

    private static (int Bucket, UInt128 Item) Compute(JsonElement vector)
    {
        var key = new RecordKey(Text(vector, "kind"), Guid.Parse(Text(vector, "id")));
        var version = new RecordVersion(
            ulong.Parse(Text(vector, "clock"), CultureInfo.InvariantCulture), Text(vector, "node"));
        var state = JsonParser.Default.Parse<Record>($$"""{"state":"{{Text(vector, "state")}}"}""").State;
        var payload = Convert.FromHexString(Text(vector, "payload_hex"));
        var bytes = new byte[DigestItem.HeaderLength(key, version.Node) + payload.Length];
        var header = DigestItem.WriteHeader(bytes, key, version, vector.GetProperty("revision").GetUInt32(), state);
        payload.CopyTo(bytes, header);

        var digestKey = Convert.FromHexString(Text(Vectors, "digest_key_hex"));
        using var hasher = new PageHasher(digestKey);
        return (hasher.Bucket(RecordKeyBytes.Of(key)), hasher.Item(bytes));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
