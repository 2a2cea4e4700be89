using System.Globalization;
using Exchange.Node.Access;
using Exchange.Node.Placements;
using Exchange.Node.Records;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Messages;

/// <summary>Writes down what a reply means.</summary>
internal sealed class Replies(
    IRecordStore store,
    RecordCodec codec,
    RecordWriter writer,
    PlacementReader placements,
    JobCodes codes,
    TimeProvider time)
{
    private const string Unclear = "没有看懂。愿意去请回复1加六位岗位号，已到岗回复2，不想再收回复0。";

    /// <summary>Takes a reply to a message in.</summary>
    public async Task<TakeReplyResponse> TakeAsync(
        string messageId, OutboxMessage message, string text, CallReach reach, CancellationToken cancellationToken)
    {
        var reply = ReplyText.Read(text);
        var vacancy = reply.Meaning == ContactOutcome.Willing
            ? await VacancyAsync(reply.Code, message, cancellationToken)
            : "";
        if (reply.Meaning == default || (reply.Meaning == ContactOutcome.Willing && vacancy.Length == 0))
        {
            return new TakeReplyResponse { Hint = Unclear };
        }

        var today = DateRules.ToDate(NodeIdentity.Today(time));
        var contact = new Contact
        {
            WorkerId = message.WorkerId,
            VacancyId = vacancy,
            Place = message.Place,
            State = reply.Meaning == ContactOutcome.Stop ? ContactState.Declined : ContactState.Made,
            MadeDate = today,
            Way = message.Channel == MessageChannel.Wechat ? ContactWay.Wechat : ContactWay.Sms,
            Outcome = reply.Meaning,
        };

        var response = new TakeReplyResponse { Meaning = reply.Meaning, Hint = Hint(reply.Meaning) };
        if (reply.Meaning == ContactOutcome.Arrived)
        {
            response.EventId = await ArriveAsync(messageId, message.WorkerId, reach, cancellationToken);
        }

        // The same reply that comes twice on a day is one, unless something else was said in between: whoever stops,
        // is willing and stops again has stopped.
        var (last, id) = await LastAsync(message.WorkerId, cancellationToken);
        var isRepeated = last is not null
            && response.EventId.Length == 0
            && last.Outcome == contact.Outcome
            && last.VacancyId == contact.VacancyId
            && Equals(last.MadeDate, contact.MadeDate);
        response.ContactId = isRepeated
            ? id
            : await PutAsync(ContactKind.KindName, contact, scope: null, reach, cancellationToken);
        return response;
    }

    // The contact with the worker that was written last; planned and missed ones say nothing.
    private async Task<(Contact? Contact, string Id)> LastAsync(string worker, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(ContactKind.KindName) { Index = IndexNames.Subject, Value = worker };
        var (last, id, version) = (default(Contact), "", default(Store.RecordVersion));
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            if ((last is null || stored.Version > version)
                && codec.Decode(stored).Payload?.Unpack<Contact>()
                    is { State: ContactState.Made or ContactState.Declined } contact)
            {
                (last, id, version) = (contact, stored.Key.Id.ToString(), stored.Version);
            }
        }

        return (last, id);
    }

    // Only what the message told of: a digit misheard may be the code of another post.
    private async Task<string> VacancyAsync(string code, OutboxMessage message, CancellationToken cancellationToken)
    {
        if (code.Length == 0)
        {
            return message.VacancyIds is [var only] ? only : "";
        }

        var meant = await codes.VacancyOfAsync(code, cancellationToken);
        return message.VacancyIds.Contains(meant) ? meant : "";
    }

    // The one placement that waits for it; of several a person must say which.
    private async Task<string> ArriveAsync(
        string messageId, string worker, CallReach reach, CancellationToken cancellationToken)
    {
        var query = new RecordQuery(PlacementEventKind.KindName) { Index = IndexNames.Subject, Value = worker };
        var ids = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var stored in store.QueryAllAsync(query, cancellationToken))
        {
            ids.UnionWith(stored.Keys.Where(key => key.Name == IndexNames.Placement).Select(key => key.Value));
        }

        var waiting = new List<Placement>();
        foreach (var id in ids)
        {
            if (await placements.FindAsync(id, cancellationToken)
                is { State: PlacementState.Referred or PlacementState.Offered or PlacementState.Departed } placement)
            {
                waiting.Add(placement);
            }
        }

        if (waiting is not [var one])
        {
            return "";
        }

        // One that comes twice at once is one event; another placement is another.
        var scope = PutScope.ForRequest(
            string.Create(
                CultureInfo.InvariantCulture, $"arrived-{messageId}-{one.Id}-{NodeIdentity.Today(time):yyyyMMdd}"),
            mark: [],
            time.GetUtcNow());
        return await PutAsync(
            PlacementEventKind.KindName,
            new PlacementEvent
            {
                PlacementId = one.Id,
                WorkerId = worker,
                VacancyId = one.VacancyId,
                SendingNode = one.SendingNode,
                ReceivingNode = one.ReceivingNode,
                Type = PlacementEventType.Arrived,
                HappenedDate = DateRules.ToDate(NodeIdentity.Today(time)),
            },
            scope,
            reach,
            cancellationToken);
    }

    private async Task<string> PutAsync(
        string kind, IMessage payload, PutScope? scope, CallReach reach, CancellationToken cancellationToken)
    {
        var item = new PutRecordItem
        {
            Number = 1,
            Record = new Record { Kind = kind, LegalBasis = Duty(), Payload = Any.Pack(payload) },
        };
        return (await writer.WriteAsync(item, scope, reach, cancellationToken)).Id;
    }

    private static string Hint(ContactOutcome meaning) => meaning switch
    {
        ContactOutcome.Willing => "收到，联络员会与您联系。",
        ContactOutcome.Arrived => "收到，祝工作顺利。",
        _ => "收到，不再发送。",
    };

    /// <summary>What such records are held for.</summary>
    public static LegalBasis Duty() => new() { Kind = LegalBasisKind.StatutoryDuty };
}
