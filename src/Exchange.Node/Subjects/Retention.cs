using Exchange.Node.Records;
using Exchange.Node.Trust;
using Exchange.Store;
using Google.Protobuf;
using Microsoft.Extensions.Options;

namespace Exchange.Node.Subjects;

/// <summary>Tells what an erasure must hold apart, and for how long.</summary>
internal sealed class Retention(
    IOptions<RetentionOptions> options, RecordKinds kinds, RecordCodec codec, TimeProvider time)
{
    private readonly Dictionary<string, RetentionRule> _rules =
        options.Value.Schedule.ToDictionary(rule => rule.Kind, StringComparer.Ordinal);

    /// <summary>Parts a person's records into those to erase and those to hold apart.</summary>
    /// <param name="records">Live records of this node.</param>
    /// <param name="held">What an earlier erasure holds apart; its days stay, whatever the schedule says now.</param>
    public (List<HeldRecord> Erased, List<RetainedRecord> Retained) Part(
        IEnumerable<HeldRecord> records, IReadOnlyList<RetainedRecord> held)
    {
        var today = NodeIdentity.Today(time);
        var erased = new List<HeldRecord>();
        var retained = new List<RetainedRecord>();
        foreach (var record in records)
        {
            var kept = held.FirstOrDefault(kept => kept.Key == record.Stored.Key) ?? Of(record);
            if (kept is null || kept.Until < today)
            {
                erased.Add(record);
            }
            else
            {
                retained.Add(kept);
            }
        }

        return (erased, retained);
    }

    private RetainedRecord? Of(HeldRecord record)
    {
        if (!_rules.TryGetValue(record.Stored.Key.Kind, out var rule))
        {
            return null;
        }

        // Terms of archives are counted from the first day after the year that a voucher belongs to.
        var year = AccountedYear(record.Stored) ?? NodeIdentity.DayOf(record.Stored.Version.Time).Year;
        return new RetainedRecord(record.Stored.Key, new DateOnly(year + rule.Years, 12, 31), rule.Provision.Trim());
    }

    // Freezing and lifting write a record anew, and make nothing of it younger: so its own day counts before that of
    // its last writing.
    private int? AccountedYear(StoredRecord stored)
    {
        try
        {
            return kinds.Find(stored.Key.Kind) is { } kind
                && codec.Payload(stored) is { IsEmpty: false } payload
                && kind.AccountedDate(kind.Parse(UnsafeByteOperations.UnsafeWrap(payload))) is { Year: > 0 } day
                ? day.Year
                : null;
        }
        catch (Exception exception) when (exception is KeyDestroyedException || StoredDamage.Is(exception))
        {
            // Nobody can read it. It is held as long as it would be without a day of its own.
            return null;
        }
    }
}
