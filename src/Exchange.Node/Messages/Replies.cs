using System.Globalization;
using Exchange.Node.Access;
using Exchange.Node.Errors;
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
    IRecordStore store, RecordWriter writer, PlacementReader placements, JobCodes codes, TimeProvider time)
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

        // The same reply that comes twice on a day is one.
        var scope = PutScope.ForRequest(
            string.Create(
                CultureInfo.InvariantCulture,
                $"reply-{messageId}-{(int)reply.Meaning}-{vacancy}-{NodeIdentity.Today(time):yyyyMMdd}"),
            mark: [],
            time.GetUtcNow());
        var response = new TakeReplyResponse { Meaning = reply.Meaning, Hint = Hint(reply.Meaning) };
        if (reply.Meaning == ContactOutcome.Arrived)
        {
            response.EventId = await ArriveAsync(message.WorkerId, scope!, reach, cancellationToken);
        }

        response.ContactId = await PutAsync(ContactKind.KindName, contact, 1, scope!, reach, cancellationToken);
        return response;
    }

    private async Task<string> VacancyAsync(string code, OutboxMessage message, CancellationToken cancellationToken) =>
        code.Length > 0 ? await codes.VacancyOfAsync(code, cancellationToken)
            : message.VacancyIds is [var only] ? only
            : "";

    // The one placement that waits for it; of several a person must say which.
    private async Task<string> ArriveAsync(
        string worker, PutScope scope, CallReach reach, CancellationToken cancellationToken)
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

        return waiting is not [var one] ? "" : await PutAsync(
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
            2,
            scope,
            reach,
            cancellationToken);
    }

    private async Task<string> PutAsync(
        string kind,
        IMessage payload,
        ulong number,
        PutScope scope,
        CallReach reach,
        CancellationToken cancellationToken)
    {
        var item = new PutRecordItem
        {
            Number = number,
            Record = new Record { Kind = kind, LegalBasis = Duty(), Payload = Any.Pack(payload) },
        };
        var answer = await writer.PutAsync(item, scope, reach, cancellationToken);
        return answer.Error is null ? answer.Id : throw ErrorStatus.ToRpc(answer.Error);
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
