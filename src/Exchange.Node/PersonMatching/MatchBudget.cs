using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Exchange.Node.Access;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Store;

namespace Exchange.Node.PersonMatching;

/// <summary>
/// How many persons a partner has asked about today. Kept in the store: a partner that could begin anew by a restart of
/// the node could guess numbers.
/// </summary>
internal sealed class MatchBudget(IRecordStore store, TimeProvider time)
{
    /// <summary>The collection: by partner, the day and what was used on it.</summary>
    public const string Collection = "person-match-used";

    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, byte> _asking = new(StringComparer.Ordinal);

    /// <summary>Lets a partner ask, until it is disposed: each question reads all that it was given.</summary>
    /// <exception cref="ExchangeException">Another question of the same partner is being answered.</exception>
    public IDisposable Enter(string partner) => _asking.TryAdd(partner, 0)
        ? new Turn(_asking, partner)
        : throw CallLimits.TooMany("questions about persons at once", Wait);

    /// <summary>Takes some of a day's persons, durably; within a turn.</summary>
    /// <exception cref="ExchangeException">There aren't so many left; none is taken.</exception>
    public async Task TakeAsync(string partner, uint allowed, int wanted, CancellationToken cancellationToken)
    {
        var key = Encoding.UTF8.GetBytes(partner);
        var today = NodeIdentity.Today(time);
        var standing = (await store.GetEntriesAsync(Collection, [key], cancellationToken))[0];
        var used = standing is { } bytes ? UsedOn(today, bytes.Span) : 0;
        if (used + wanted > allowed)
        {
            throw CallLimits.TooMany(
                "persons matched today", NodeIdentity.StartOf(today.AddDays(1)) - time.GetUtcNow());
        }

        var value = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(value, today.DayNumber);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(4), used + wanted);
        var write = new EntryWrite(Collection, key, value, new EntryExpectation(standing));
        await store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
    }

    private static int UsedOn(DateOnly day, ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadInt32BigEndian(value) == day.DayNumber
            ? BinaryPrimitives.ReadInt32BigEndian(value[4..])
            : 0;

    private sealed class Turn(ConcurrentDictionary<string, byte> asking, string partner) : IDisposable
    {
        public void Dispose() => asking.TryRemove(partner, out _);
    }
}
