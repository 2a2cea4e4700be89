using System.Globalization;
using System.Text;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Exchange.Node.Sync;

/// <summary>What happened with each peer on each day, for the morning's report. Forgotten after 400 days.</summary>
internal sealed class PeerDays(IRecordStore store)
{
    private const int KeptDays = 400;
    private const int MaxFailures = 20;
    private const int MaxMessageLength = 500;

    // More than that never expires in a day; if it does, the next day takes the rest.
    private const int MaxForgotten = 50;

    public async Task<PartnerDay> ReadAsync(string peer, DateOnly day, CancellationToken cancellationToken) =>
        (await store.GetEntriesAsync(Collection(peer), [KeyOf(day)], cancellationToken))[0] is { } bytes
            ? PartnerDay.Parser.ParseFrom(bytes.Span)
            : new PartnerDay();

    /// <summary>The writes that change a day; the first of a day drops those that have expired.</summary>
    public async Task<IReadOnlyList<EntryWrite>> ChangeAsync(
        string peer, DateOnly day, Action<PartnerDay> change, CancellationToken cancellationToken)
    {
        var (collection, key) = (Collection(peer), KeyOf(day));
        var standing = (await store.GetEntriesAsync(collection, [key], cancellationToken))[0];
        var tally = standing is { } bytes ? PartnerDay.Parser.ParseFrom(bytes.Span) : new PartnerDay();
        change(tally);
        var write = new EntryWrite(collection, key, tally.ToByteArray(), new EntryExpectation(standing));
        return standing is null ? [write, .. await ExpiredAsync(collection, day, cancellationToken)] : [write];
    }

    /// <summary>Counts a failure among those of its reason and side.</summary>
    public static void AddFailure(PartnerDay day, SyncFailure failure, DateTimeOffset now)
    {
        day.FailedCount++;
        var told = day.Failures.FirstOrDefault(known =>
            known.Reason == failure.Reason
            && known.FromPartner == failure.FromPeer
            && known.Refused == failure.IsRefused);
        if (told is not null)
        {
            day.Failures.Remove(told);
        }
        else if (day.Failures.Count == MaxFailures)
        {
            day.Failures.RemoveAt(0);
        }

        var message = failure.Message;
        day.Failures.Add(new DayFailure
        {
            Reason = failure.Reason,
            FromPartner = failure.FromPeer,
            Refused = failure.IsRefused,
            Count = (told?.Count ?? 0) + 1,
            LastTime = now.ToTimestamp(),
            Message = message.Length > MaxMessageLength ? message[..MaxMessageLength] : message,
        });
    }

    /// <summary>Adds what was counted by kind since it was last told.</summary>
    public static void AddKinds(
        IList<KindTally> counts,
        IReadOnlyDictionary<string, ulong> now,
        IReadOnlyDictionary<string, ulong> told)
    {
        foreach (var (kind, count) in now.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            var more = count - told.GetValueOrDefault(kind);
            if (more == 0)
            {
                continue;
            }

            var known = counts.FirstOrDefault(known => known.Kind == kind);
            if (known is null)
            {
                counts.Add(known = new KindTally { Kind = kind });
            }

            known.Count += more;
        }
    }

    private async Task<IEnumerable<EntryWrite>> ExpiredAsync(
        string collection, DateOnly today, CancellationToken cancellationToken)
    {
        var oldest = KeyOf(today.AddDays(-KeptDays));
        var first = await store.ReadEntriesAsync(collection, default, default, MaxForgotten, cancellationToken);
        return first
            .Where(entry => entry.Key.Span.SequenceCompareTo(oldest.Span) < 0)
            .Select(entry => new EntryWrite(collection, entry.Key, Value: null));
    }

    private static string Collection(string peer) => $"peer-days/{peer}";

    private static ReadOnlyMemory<byte> KeyOf(DateOnly day) =>
        Encoding.UTF8.GetBytes(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
