using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;

namespace Exchange.Node.Messages;

/// <summary>What a worker has said about being asked.</summary>
/// <param name="WantsNone">The worker wants no more messages.</param>
/// <param name="NotBefore">The first day on which the worker may be asked; null for any.</param>
internal readonly record struct ContactStanding(bool WantsNone, DateOnly? NotBefore)
{
    /// <summary>Why the worker isn't asked on a day; unspecified when the worker may be.</summary>
    public LeftOutReason On(DateOnly day) => WantsNone ? LeftOutReason.Stopped
        : NotBefore > day ? LeftOutReason.NotYet
        : LeftOutReason.Unspecified;
}

/// <summary>Reads what workers have said about being asked, from their contacts.</summary>
internal sealed class ContactStandings(IRecordStore store, RecordCodec codec)
{
    /// <summary>How a worker stands.</summary>
    public async Task<ContactStanding> OfAsync(string worker, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(ContactKind.KindName) { Index = IndexNames.Subject, Value = worker };
        var notBefore = default(DateOnly?);
        var (stops, lifts) = (new List<Word>(), new List<Word>());
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.TryDecode(stored) is not { } record)
            {
                // Nobody knows what it said: who may have stopped isn't asked.
                return new ContactStanding(WantsNone: true, NotBefore: null);
            }

            if (record.Payload is not { } payload)
            {
                continue;
            }

            var contact = payload.Unpack<Contact>();
            notBefore = DateRules.Day(contact.NotBeforeDate) is { } day && !(notBefore > day) ? day : notBefore;
            var word = new Word(DateRules.Day(contact.MadeDate)?.DayNumber ?? 0, stored.Version);
            if (contact.Outcome == ContactOutcome.Stop)
            {
                stops.Add(word);
            }
            else if (contact.Outcome == ContactOutcome.Willing)
            {
                lifts.Add(word);
            }
        }

        return new ContactStanding(stops.Exists(stop => !lifts.Exists(lift => lift.IsAfter(stop))), notBefore);
    }

    /// <summary>When something was said, and when it was written.</summary>
    private readonly record struct Word(int Day, Store.RecordVersion Version)
    {
        /// <summary>
        /// It was written later, and isn't of a day before: an old contact that somebody mends lifts nothing.
        /// </summary>
        public bool IsAfter(Word other) => Version > other.Version && Day >= other.Day;
    }
}
