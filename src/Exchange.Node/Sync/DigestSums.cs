using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;

namespace Exchange.Node.Sync;

/// <summary>
/// The 4,096 buckets of one direction's digest, kept up to date as records come and go, and counted anew from the
/// records only to verify. Stored as 64 entries of 64 buckets each, of which a commit writes those that it changed.
/// </summary>
internal sealed class DigestSums
{
    /// <summary>Bytes of a bucket: its count and its sum.</summary>
    public const int BucketLength = 8 + DigestItem.Length;

    private const int ChunkCount = 64;
    private const int ChunkBuckets = DigestItem.BucketCount / ChunkCount;

    private readonly ulong[] _counts;
    private readonly UInt128[] _sums;
    private ulong _changedChunks;

    /// <summary>The digest of nothing.</summary>
    public DigestSums()
        : this(new ulong[DigestItem.BucketCount], new UInt128[DigestItem.BucketCount])
    {
    }

    private DigestSums(ulong[] counts, UInt128[] sums)
    {
        _counts = counts;
        _sums = sums;
    }

    /// <summary>Records in all buckets.</summary>
    public ulong Count { get; private set; }

    /// <summary>A copy to change while this one stays what was last committed.</summary>
    public DigestSums Copy() => new([.. _counts], [.. _sums]) { Count = Count };

    /// <summary>Adds a record that is held from now on.</summary>
    public void Add(int bucket, UInt128 item)
    {
        _counts[bucket]++;
        _sums[bucket] = unchecked(_sums[bucket] + item);
        Count++;
        _changedChunks |= 1UL << (bucket / ChunkBuckets);
    }

    /// <summary>Subtracts a record that is held no longer.</summary>
    public void Subtract(int bucket, UInt128 item)
    {
        _counts[bucket]--;
        _sums[bucket] = unchecked(_sums[bucket] - item);
        Count--;
        _changedChunks |= 1UL << (bucket / ChunkBuckets);
    }

    /// <summary>The digest as it is sent.</summary>
    public SyncDigest ToDigest(bool withBuckets)
    {
        var buckets = new byte[DigestItem.BucketCount * BucketLength];
        WriteBuckets(0, buckets);
        var digest = new SyncDigest
        {
            Count = Count,
            Root = UnsafeByteOperations.UnsafeWrap(SHA256.HashData(buckets)),
        };
        if (withBuckets)
        {
            digest.Buckets = UnsafeByteOperations.UnsafeWrap(buckets);
        }

        return digest;
    }

    /// <summary>Whether the buckets of another are the same.</summary>
    public bool IsSameAs(DigestSums other) =>
        _counts.AsSpan().SequenceEqual(other._counts) && _sums.AsSpan().SequenceEqual(other._sums);

    /// <summary>Adds what must be written to have these sums whatever stands there.</summary>
    public void WriteAll(string collection, List<EntryWrite> entries)
    {
        _changedChunks = ulong.MaxValue;
        WriteChanges(collection, entries);
    }

    /// <summary>Adds what must be written for the changes made since this copy was taken.</summary>
    public void WriteChanges(string collection, List<EntryWrite> entries)
    {
        for (var rest = _changedChunks; rest != 0; rest &= rest - 1)
        {
            var chunk = BitOperations.TrailingZeroCount(rest);
            var value = new byte[ChunkBuckets * BucketLength];
            WriteBuckets(chunk * ChunkBuckets, value);
            entries.Add(new EntryWrite(collection, new[] { (byte)chunk }, value));
        }
    }

    /// <summary>Reads the buckets of a digest that was sent; null when they aren't as the contract has them.</summary>
    public static DigestSums? Read(ReadOnlySpan<byte> buckets)
    {
        if (buckets.Length != DigestItem.BucketCount * BucketLength)
        {
            return null;
        }

        var sums = new DigestSums();
        sums.ReadBuckets(0, buckets);
        return sums;
    }

    /// <summary>Reads the digest that a collection holds.</summary>
    public static async Task<DigestSums> LoadAsync(
        IRecordStore store, string collection, CancellationToken cancellationToken)
    {
        var sums = new DigestSums();
        var chunks = await store.ReadEntriesAsync(collection, default, default, ChunkCount, cancellationToken);
        foreach (var chunk in chunks)
        {
            sums.ReadBuckets(chunk.Key.Span[0] * ChunkBuckets, chunk.Value.Span);
        }

        return sums;
    }

    private void WriteBuckets(int first, Span<byte> destination)
    {
        for (var bucket = first; !destination.IsEmpty; bucket++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(destination, _counts[bucket]);
            DigestItem.Write(_sums[bucket], destination[8..]);
            destination = destination[BucketLength..];
        }
    }

    private void ReadBuckets(int first, ReadOnlySpan<byte> source)
    {
        for (var bucket = first; !source.IsEmpty; bucket++)
        {
            _counts[bucket] = BinaryPrimitives.ReadUInt64BigEndian(source);
            _sums[bucket] = DigestItem.Read(source[8..]);
            Count += _counts[bucket];
            source = source[BucketLength..];
        }
    }
}
