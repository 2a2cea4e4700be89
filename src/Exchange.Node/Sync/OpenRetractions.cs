using Exchange.Node.Records;
using Exchange.Store;
using RecordVersion = Exchange.Store.RecordVersion;

namespace Exchange.Node.Sync;

/// <summary>
/// Retractions that were sent to a peer and that it hasn't acknowledged yet, beside the register, so that they can be
/// counted without reading all of it. What waits to be sent stands in the <see cref="ReprojectionQueue"/>.
/// </summary>
internal static class OpenRetractions
{
    /// <summary>The most that are counted.</summary>
    public const int MaxCounted = 100_000;

    private const int PageSize = 10_000;

    /// <summary>The collection that holds a peer's.</summary>
    public static string Collection(string peer) => $"retracting/{peer}";

    /// <summary>Notes one.</summary>
    public static EntryWrite Write(string peer, ReadOnlyMemory<byte> key, OpenRetraction row) =>
        new(Collection(peer), key, row.ToBytes());

    /// <summary>Drops one that was acknowledged, or that is no longer meant.</summary>
    public static EntryWrite Drop(string peer, ReadOnlyMemory<byte> key) => EntryWrite.Delete(Collection(peer), key);

    /// <summary>Which of some records are open, in the order of the keys; null where none is.</summary>
    public static async Task<OpenRetraction?[]> FindAsync(
        IRecordStore store,
        string peer,
        IReadOnlyList<ReadOnlyMemory<byte>> keys,
        CancellationToken cancellationToken)
    {
        var found = await store.GetEntriesAsync(Collection(peer), keys, cancellationToken);
        return [.. found.Select(value => value is { } row ? OpenRetraction.Read(row.Span) : null)];
    }

    /// <summary>Adds to records that are to be held against what a peer may see which of them are open.</summary>
    public static async Task AddToAsync(
        IList<Candidate> candidates,
        IRecordStore store,
        string peer,
        OutgoingState state,
        CancellationToken cancellationToken)
    {
        var places = Enumerable.Range(0, candidates.Count)
            .Where(i => candidates[i].Row is { IsWithdrawn: true } row && !state.IsHeld(row))
            .ToList();
        if (places.Count == 0)
        {
            return;
        }

        var found = await FindAsync(store, peer, places.ConvertAll(place => candidates[place].Key), cancellationToken);
        for (var i = 0; i < found.Length; i++)
        {
            candidates[places[i]] = candidates[places[i]] with { Open = found[i] };
        }
    }

    /// <summary>Counts what a peer hasn't acknowledged, sent or not.</summary>
    public static async Task<RetractionCount> CountAsync(
        IRecordStore store, string peer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var count = default(RetractionCount);
        var seen = new HashSet<RecordKey>();
        await foreach (var entry in ReadAsync(store, ReprojectionQueue.Collection(peer), cancellationToken))
        {
            if (ReprojectionQueue.ReadAsk(entry.Value.Span) is { } ask
                && seen.Add(RecordKeyBytes.Read(entry.Key.Span)))
            {
                count = count.With(ask, now);
            }
        }

        await foreach (var entry in ReadAsync(store, Collection(peer), cancellationToken))
        {
            if (seen.Count == 0 || !seen.Contains(RecordKeyBytes.Read(entry.Key.Span)))
            {
                count = count.With(OpenRetraction.Read(entry.Value.Span).Ask, now);
            }
        }

        return count;
    }

    private static IAsyncEnumerable<Entry> ReadAsync(
        IRecordStore store, string collection, CancellationToken cancellationToken) =>
        store.ReadAllEntriesAsync(collection, default, cancellationToken, PageSize).Take(MaxCounted);
}

/// <summary>One retraction on its way.</summary>
/// <param name="Ask">Since when, and by when.</param>
/// <param name="Version">The version that was sent.</param>
/// <param name="Revision">Which word about that version.</param>
internal sealed record OpenRetraction(Ask Ask, RecordVersion Version, uint Revision)
{
    private const byte FormatByte = 1;
    private const int MaxLength = 256;

    /// <summary>The value to store.</summary>
    public byte[] ToBytes()
    {
        var row = new RowWriter(stackalloc byte[MaxLength]);
        row.Byte(FormatByte);
        row.Number((ulong)Ask.Time.ToUnixTimeMilliseconds());
        row.Number((ulong)(Ask.DeliverBy?.ToUnixTimeMilliseconds() ?? 0));
        row.Fixed(Version.Clock);
        row.Text(Version.Node);
        row.Number(Revision);
        return row.ToArray();
    }

    /// <summary>Reads a stored value.</summary>
    public static OpenRetraction Read(ReadOnlySpan<byte> bytes)
    {
        var row = new RowReader(bytes);
        row.Format(FormatByte);
        var asked = DateTimeOffset.FromUnixTimeMilliseconds((long)row.Number());
        var deliverBy = (long)row.Number();
        return new OpenRetraction(
            new Ask(asked, deliverBy == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(deliverBy)),
            new RecordVersion(row.Fixed(), row.Text()),
            (uint)row.Number());
    }
}

/// <summary>How many retractions are open.</summary>
/// <param name="Open">All of them.</param>
/// <param name="Dated">Those that must be gone there by a moment: erasures.</param>
/// <param name="Overdue">Those whose moment is past.</param>
/// <param name="Oldest">Since when the oldest is open; null when none is.</param>
internal readonly record struct RetractionCount(ulong Open, ulong Dated, ulong Overdue, DateTimeOffset? Oldest)
{
    /// <summary>One more.</summary>
    public RetractionCount With(Ask ask, DateTimeOffset now) => new(
        Open + 1,
        Dated + (ask.DeliverBy is null ? 0u : 1u),
        Overdue + (ask.DeliverBy < now ? 1u : 0u),
        Oldest < ask.Time ? Oldest : ask.Time);
}
