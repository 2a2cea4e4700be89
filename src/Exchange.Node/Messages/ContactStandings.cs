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
        var (said, stopped, notBefore) = (0, false, default(DateOnly?));
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if (codec.Decode(stored).Payload is not { } payload)
            {
                continue;
            }

            var contact = payload.Unpack<Contact>();
            notBefore = DateRules.Day(contact.NotBeforeDate) is { } day && !(notBefore > day) ? day : notBefore;

            // The last word counts; of two on one day the one that was written later, which comes later in the order.
            var made = DateRules.Day(contact.MadeDate)?.DayNumber ?? 0;
            if (made >= said && (contact.Outcome == ContactOutcome.Stop || contact.State == ContactState.Made))
            {
                (said, stopped) = (made, contact.Outcome == ContactOutcome.Stop);
            }
        }

        return new ContactStanding(stopped, notBefore);
    }
}
