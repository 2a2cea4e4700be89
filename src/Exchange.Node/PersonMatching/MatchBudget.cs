using System.Buffers.Binary;
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

    private const int MaxAttempts = 5;

    /// <summary>Takes some of a day's persons, durably.</summary>
    /// <exception cref="ExchangeException">There aren't so many left; none is taken.</exception>
    public async Task TakeAsync(string partner, uint allowed, int wanted, CancellationToken cancellationToken)
    {
        var key = Encoding.UTF8.GetBytes(partner);
        for (var attempt = 1; ; attempt++)
        {
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
            try
            {
                await store.CommitAsync(new Commit { Entries = [write] }, cancellationToken);
                return;
            }
            catch (EntryConflictException) when (attempt < MaxAttempts)
            {
                // Another call of the same partner took some meanwhile.
            }
        }
    }

    private static int UsedOn(DateOnly day, ReadOnlySpan<byte> value) =>
        BinaryPrimitives.ReadInt32BigEndian(value) == day.DayNumber
            ? BinaryPrimitives.ReadInt32BigEndian(value[4..])
            : 0;
}
