using System.Security.Cryptography;

namespace Exchange.Store.Embedded;

/// <summary>
/// Copies everything that an engine keeps into another one, as it is: epoch, positions, clock and request ids are among
/// it, so that whoever read from the one goes on in the other. One thread does all of it.
/// </summary>
internal static class EngineCopy
{
    private const int PageSize = 1000;

    private static readonly SliceSize Page = new(PageSize, 8 << 20);

    /// <summary>Copies records, keys and entries, a page at a time.</summary>
    /// <param name="from">The engine that is read, in one transaction.</param>
    /// <param name="to">An engine that holds nothing yet.</param>
    /// <param name="progress">Told of records and entries that were copied.</param>
    /// <param name="cancellationToken">Gives up; what was copied by then stays.</param>
    public static void Run(
        IEngineWriter from, IEngineWriter to, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        foreach (var records in Records(from, cancellationToken))
        {
            to.Begin();
            foreach (var record in records)
            {
                to.Insert(record);
                foreach (var key in record.Keys)
                {
                    to.AddKey(record.Key, key);
                }
            }

            to.Commit();
            progress?.Report(records.Count);
        }

        foreach (var (collection, entries) in Entries(from, cancellationToken))
        {
            to.Begin();
            foreach (var entry in entries)
            {
                to.PutEntry(collection, entry.Key.Span, entry.Value.Span);
            }

            to.Commit();
            progress?.Report(entries.Count);
        }
    }

    /// <summary>A digest of everything that an engine keeps, the same for every engine that keeps the same.</summary>
    public static byte[] Digest(IEngineView view, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var record in Records(view, cancellationToken).SelectMany(page => page))
        {
            Append(hash, record);
        }

        foreach (var (collection, entries) in Entries(view, cancellationToken))
        {
            foreach (var entry in entries)
            {
                Append(hash, System.Text.Encoding.UTF8.GetBytes(collection));
                Append(hash, entry.Key.Span);
                Append(hash, entry.Value.Span);
            }
        }

        return hash.GetHashAndReset();
    }

    private static IEnumerable<List<StoredRecord>> Records(IEngineView view, CancellationToken cancellationToken)
    {
        for (var after = 0L; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var slice = view.Feed(after, Page);
            if (slice.Items.Count > 0)
            {
                yield return slice.Items;
                after = slice.Items[^1].Position.Value;
            }

            if (!slice.More)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<(string Collection, List<Entry> Entries)> Entries(
        IEngineView view, CancellationToken cancellationToken)
    {
        foreach (var collection in view.Collections().Order(StringComparer.Ordinal).ToList())
        {
            ReadOnlyMemory<byte> after = default;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var entries = view.Entries(collection, [], after.Span, PageSize);
                if (entries.Count == 0)
                {
                    break;
                }

                yield return (collection, entries);
                after = entries[^1].Key;
            }
        }
    }

    private static void Append(IncrementalHash hash, StoredRecord record)
    {
        var header = new ByteWriter();
        header.Text(record.Key.Kind);
        header.Guid(record.Key.Id);
        header.Number((ulong)record.Position.Value);
        header.Number(record.Version.Clock);
        header.Text(record.Version.Node);
        header.Number(record.Revision);
        header.Number(record.IsTombstone ? 1u : 0u);
        Write(header, record.Keys);
        Write(header, record.PreviousKeys);
        Append(hash, header.Written);
        Append(hash, record.Envelope.Span);
        Append(hash, record.Payload.Span);
    }

    private static void Write(ByteWriter header, IReadOnlyList<IndexKey> keys)
    {
        header.Number((ulong)keys.Count);
        foreach (var key in keys)
        {
            header.Text(key.Name);
            header.Text(key.Value);
            header.Number(key.Unique ? 1u : 0u);
        }
    }

    // With its length, so that nothing can move from one value into the next.
    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
