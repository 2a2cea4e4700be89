using System.Text;
using Exchange.Node.Access;
using Exchange.Node.Audit;
using Exchange.Node.Errors;
using Exchange.Node.Records;
using Exchange.Node.Workers;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Messages;

/// <summary>Digests, the outbox and what comes back, over gRPC.</summary>
internal sealed class MessageService(
    IRecordStore store,
    RecordCodec codec,
    RecordWriter writer,
    Digests digests,
    VacancyRouting routing,
    OutboxCheck check,
    Replies replies,
    ContactStandings standings,
    RecordReach reaches,
    UnmaskPurposes purposes,
    AuditReads reads,
    TimeProvider time)
    : V1.MessageService.MessageServiceBase
{
    private const int LongestReply = 500;
    private const int MaxReadsAPage = 20;

    public override Task<RenderDigestResponse> RenderDigest(RenderDigestRequest request, ServerCallContext context) =>
        digests.RenderAsync(request, reaches.Of(context), context.CancellationToken);

    public override Task<RouteVacancyResponse> RouteVacancy(RouteVacancyRequest request, ServerCallContext context) =>
        routing.RouteAsync(request, reaches.Of(context), context.CancellationToken);

    public override async Task CollectOutbox(
        CollectOutboxRequest request,
        IServerStreamWriter<CollectOutboxResponse> responseStream,
        ServerCallContext context)
    {
        var isBoard = request.Channel == MessageChannel.NoticeBoard;
        if (request.Channel == default || !System.Enum.IsDefined(request.Channel))
        {
            throw ExchangeException.Invalid("channel", "Say which way the gateway serves.");
        }

        await purposes.CheckAsync(request.UnmaskPurpose, context);
        if (!isBoard && request.UnmaskPurpose.Length == 0)
        {
            throw ExchangeException.Invalid("unmask_purpose", "Say what the telephone numbers are needed for.");
        }

        var reach = reaches.Of(context);
        reach.Reach.RequireKind(OutboxMessageKind.KindName);
        var query = new RecordQuery(OutboxMessageKind.KindName)
        {
            Index = OutboxMessageKind.WaitingIndex,
            Value = OutboxMessageKind.Waiting(request.Channel),
        };
        await foreach (var stored in store.QueryAllAsync(query, context.CancellationToken))
        {
            if (await reach.ReadsAsync(stored, context.CancellationToken)
                && await check.AskAsync(stored, reach, context.CancellationToken) is var (message, phone))
            {
                await NoteAsync(message, request.UnmaskPurpose, context.CancellationToken);
                await responseStream.WriteAsync(
                    new CollectOutboxResponse
                    {
                        MessageId = stored.Key.Id.ToString(),
                        Phone = phone,
                        Text = message.BodyWords,
                        Place = message.Place,
                    },
                    context.CancellationToken);
            }
        }
    }

    public override async Task<SettleMessageResponse> SettleMessage(
        SettleMessageRequest request, ServerCallContext context)
    {
        if (request.State is not (MessageState.Sent or MessageState.Failed))
        {
            throw ExchangeException.Invalid("state", "Say whether it was sent or failed.");
        }

        var reach = reaches.Of(context);
        var message = await MessageAsync(request.MessageId, reach, context.CancellationToken);
        if (message.State == request.State && message.FailureWords == request.FailureWords)
        {
            return new SettleMessageResponse();
        }

        (message.State, message.FailureWords) = (request.State, request.FailureWords);
        message.SettledDate = DateRules.ToDate(NodeIdentity.Today(time));
        var item = new PutRecordItem
        {
            Number = 1,
            Record = new Record
            {
                Kind = OutboxMessageKind.KindName,
                Id = request.MessageId,
                LegalBasis = Replies.Duty(),
                Payload = Any.Pack(message),
            },
        };
        await writer.WriteAsync(item, scope: null, reach, context.CancellationToken);
        return new SettleMessageResponse();
    }

    public override async Task<TakeReplyResponse> TakeReply(TakeReplyRequest request, ServerCallContext context)
    {
        if (request.Text.EnumerateRunes().Count() > LongestReply || request.Text.EnumerateRunes().Any(Rune.IsControl))
        {
            throw ExchangeException.Invalid("text", $"Send one line of at most {LongestReply} characters.");
        }

        var reach = reaches.Of(context);
        var message = await MessageAsync(request.MessageId, reach, context.CancellationToken);
        return message.WorkerId.Length == 0
            ? throw ExchangeException.Invalid("message_id", "It went to a notice board, which doesn't answer.")
            : await replies.TakeAsync(request.MessageId, message, request.Text, reach, context.CancellationToken);
    }

    public override async Task<ListDueContactsResponse> ListDueContacts(
        ListDueContactsRequest request, ServerCallContext context)
    {
        PlaceRules.RequireCode(request.DivisionCode);
        var reach = reaches.Of(context);
        reach.Reach.RequireKind(ContactKind.KindName);
        var size = PageToken.PageSize(request.PageSize);
        var scope = request.Clone();
        (scope.PageToken, scope.PageSize) = ("", 0);
        var query = new RecordQuery(ContactKind.KindName)
        {
            Limit = size,
            After = PageToken.Decode(request.PageToken, scope, time),
        };
        query = request.DivisionCode.Length == 0 ? query : query with
        {
            Index = IndexNames.Division,
            Value = request.DivisionCode,
            IsPrefix = true,
        };
        var response = new ListDueContactsResponse();
        for (var read = 0; read < MaxReadsAPage && response.Contacts.Count < size; read++)
        {
            query = query with { Limit = size - response.Contacts.Count };
            var (found, next) = await reach.QueryAsync(store, query, context.CancellationToken);
            foreach (var stored in found)
            {
                await AddAsync(response, stored, context.CancellationToken);
            }

            query = query with { After = next };
            if (next is null)
            {
                break;
            }
        }

        response.NextPageToken = PageToken.Encode(query.After, scope, time);
        await reads.NoteAsync(
            response.Contacts.Select(due => new RecordKey(ContactKind.KindName, Guid.ParseExact(due.ContactId, "D"))),
            context.CancellationToken);
        return response;
    }

    private async Task AddAsync(
        ListDueContactsResponse response, StoredRecord stored, CancellationToken cancellationToken)
    {
        var today = NodeIdentity.Today(time);
        if (codec.TryDecode(stored)?.Payload?.Unpack<Contact>() is { State: ContactState.Planned } contact
            && DateRules.Day(contact.PlannedDate) <= today
            && (await standings.OfAsync(contact.WorkerId, cancellationToken)).On(today) == LeftOutReason.Unspecified)
        {
            contact.Remark = "";
            response.Contacts.Add(new DueContact { ContactId = stored.Key.Id.ToString(), Contact = contact });
        }
    }

    private Task NoteAsync(OutboxMessage message, string purpose, CancellationToken cancellationToken) =>
        message.WorkerId.Length == 0 ? Task.CompletedTask : reads.NoteAsync(
            [new RecordKey(WorkerKind.KindName, Guid.ParseExact(message.WorkerId, "D"))], purpose, cancellationToken);

    private async Task<OutboxMessage> MessageAsync(string id, CallReach reach, CancellationToken cancellationToken)
    {
        var key = new RecordKey(OutboxMessageKind.KindName, RecordResolver.ParseId("message_id", id));
        await reach.RequireReadAsync(key, cancellationToken);
        return await store.GetAsync(key, cancellationToken) is { IsTombstone: false } stored
            && codec.Decode(stored).Payload is { } payload
            ? payload.Unpack<OutboxMessage>()
            : throw reach.Missing(OutboxMessageKind.KindName, id);
    }
}
