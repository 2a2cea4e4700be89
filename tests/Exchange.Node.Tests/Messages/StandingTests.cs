using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using MessageService = Exchange.V1.MessageService;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Messages;

/// <summary>What a worker said last counts, until the moment at which a gateway takes the message.</summary>
public sealed class StandingTests : IAsyncLifetime
{
    private const string Purpose = "SMS gateway";

    private readonly ManualTime _time = new();
    private TestNode _node = null!;
    private PlacedWorker _put = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.StartAsync("zhaotong", _time);
        _put = new PlacedWorker(_node);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    private MessageService.MessageServiceClient Messages => new(_node.Channel);

    [Fact]
    public async Task Who_stops_again_after_being_willing_has_stopped()
    {
        var (vacancy, worker) = (await _put.PutVacancyAsync(), await _put.PutWorkerAsync());
        var message = await SentAsync(vacancy, worker);

        var first = await ReplyAsync(message, "0");
        var willing = await ReplyAsync(message, "1");
        var last = await ReplyAsync(message, "0");
        var again = await ReplyAsync(message, "0");

        Assert.Equal(3, new[] { first, willing, last }.Select(reply => reply.ContactId).Distinct().Count());
        Assert.Equal(last.ContactId, again.ContactId);
        Assert.Equal(LeftOutReason.Stopped, await LeftOutAsync(vacancy, worker));
    }

    [Fact]
    public async Task Only_a_later_willing_contact_lifts_a_stop()
    {
        var (vacancy, worker) = (await _put.PutVacancyAsync(), await _put.PutWorkerAsync());
        Task<string> SaidAsync(ContactOutcome outcome, int day = 1) => _put.PutAsync("contact", new Contact
        {
            WorkerId = worker,
            State = outcome == ContactOutcome.Stop ? ContactState.Declined : ContactState.Made,
            Outcome = outcome,
            MadeDate = Samples.Date(2026, 2, day),
        });
        await SaidAsync(ContactOutcome.Willing, day: 3);
        await SaidAsync(ContactOutcome.Stop, day: 2);

        Assert.Equal(LeftOutReason.Stopped, await LeftOutAsync(vacancy, worker));
        await SaidAsync(ContactOutcome.Well, day: 5);
        Assert.Equal(LeftOutReason.Stopped, await LeftOutAsync(vacancy, worker));
        await SaidAsync(ContactOutcome.Willing, day: 1);
        Assert.Equal(LeftOutReason.Stopped, await LeftOutAsync(vacancy, worker));
        await SaidAsync(ContactOutcome.Willing, day: 2);
        Assert.Equal(LeftOutReason.Unspecified, await LeftOutAsync(vacancy, worker));
    }

    [Fact]
    public async Task A_second_arrival_on_a_day_is_of_the_placement_that_waits_by_then()
    {
        var placed = await PlacedWorker.PutAsync(_node, worker => worker.Phone = "13812345678", hasBegun: false);
        var message = await SentAsync(await _put.PutVacancyAsync(), placed.Worker);
        var first = await ReplyAsync(message, "2");
        var again = await ReplyAsync(message, "2");
        await _node.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                WorkerId = placed.Worker,
                VacancyId = await _put.PutVacancyAsync(),
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = PlacementEventType.Referred,
                HappenedDate = Samples.Date(2018, 4, 1),
            },
        });

        var second = await ReplyAsync(message, "2");

        Assert.Equal((first.ContactId, ""), (again.ContactId, again.EventId));
        Assert.NotEmpty(second.EventId);
        Assert.NotEqual((first.EventId, first.ContactId), (second.EventId, second.ContactId));
    }

    [Fact]
    public async Task A_code_counts_only_for_a_post_that_the_message_told_of()
    {
        var (told, other, worker) = (await _put.PutVacancyAsync(), await _put.PutVacancyAsync(), await _put.PutWorkerAsync());
        var message = await SentAsync(told, worker);
        var elsewhere = await Messages.RenderDigestAsync(Digest(other, await _put.PutWorkerAsync()));
        var code = elsewhere.Text.Split('】')[1][..6];

        var reply = await ReplyAsync(message, $"1 {code}");

        Assert.Equal((ContactOutcome.Unspecified, ""), (reply.Meaning, reply.ContactId));
    }

    [Fact]
    public async Task What_cant_go_any_more_is_settled_as_failed_when_it_is_collected()
    {
        var (open, full) = (await _put.PutVacancyAsync(), await _put.PutVacancyAsync());
        var (stops, stays) = (await _put.PutWorkerAsync(), await _put.PutWorkerAsync());
        await Messages.RenderDigestAsync(Digest(open, stops));
        var over = (await Messages.RenderDigestAsync(Digest(full, stays))).MessageIds[0];
        var both = Digest(full, stays);
        both.VacancyIds.Add(open);
        var kept = (await Messages.RenderDigestAsync(both)).MessageIds[0];
        var stopped = (await CollectAsync(Messages)).Single(one => one.MessageId != over && one.MessageId != kept);
        await _put.PutAsync("contact", new Contact
        {
            WorkerId = stops,
            State = ContactState.Declined,
            Outcome = ContactOutcome.Stop,
            MadeDate = Samples.Date(2026, 2, 1),
        });
        await CloseAsync(full);

        var collected = Assert.Single(await CollectAsync(Messages));

        Assert.Equal(kept, collected.MessageId);
        Assert.Equal(open, Assert.Single((await StoredAsync(kept)).VacancyIds));
        Assert.Equal(collected.Text, (await StoredAsync(kept)).BodyWords);
        Assert.Equal(MessageState.Failed, (await StoredAsync(over)).State);
        var failed = await StoredAsync(stopped.MessageId);
        Assert.Equal((MessageState.Failed, "The worker wants no more messages."), (failed.State, failed.FailureWords));
    }

    [Fact]
    public async Task A_gateway_of_one_county_gets_no_number_from_another_and_takes_no_reply_there()
    {
        var worker = await _put.PutWorkerAsync();
        var message = await SentAsync(await _put.PutVacancyAsync(), worker);
        var here = await DeskOfAsync("530629", "outbox_message");
        var there = await DeskOfAsync("530627", "outbox_message");
        Assert.Single(await CollectAsync(here));
        var moved = new Worker { RegisteredPlace = Samples.Place("530627", "镇雄县") };
        await _node.Records.BatchPutRecordsAsync(
            new BatchPutRecordsRequest { Items = { Change("worker", worker, moved, "registered_place") } });

        Assert.Empty(await CollectAsync(here));
        Assert.Empty(await CollectAsync(there));
        Assert.Single(await CollectAsync(Messages));
        var error = await Assert.ThrowsAsync<RpcException>(async () => await there.TakeReplyAsync(
            new TakeReplyRequest { MessageId = message, Text = "0" }));
        Assert.Equal("ERROR_REASON_OUT_OF_REACH", error.Reason());
    }

    [Fact]
    public async Task A_digest_that_is_repeated_sends_nobody_a_second_message()
    {
        var (vacancy, other) = (await _put.PutVacancyAsync(), await _put.PutVacancyAsync());
        var request = Digest(vacancy, await _put.PutWorkerAsync());
        request.WorkerIds.Add(await _put.PutWorkerAsync());
        request.RequestId = "7d1f6f0e-5a25-4f7c-9a0b-51d2c1d3f001";
        var first = await Messages.RenderDigestAsync(request);
        _time.SetUtcNow(_time.GetUtcNow().AddHours(1));

        var again = await Messages.RenderDigestAsync(request);
        request.VacancyIds.Add(other);
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Messages.RenderDigestAsync(request));

        Assert.Equal(2, first.MessageIds.Count);
        Assert.Equal(first.MessageIds, again.MessageIds);
        Assert.Equal("ERROR_REASON_REQUEST_ID_REUSED", error.Reason());
        Assert.Equal(2, (await CollectAsync(Messages)).Count);
    }

    [Fact]
    public async Task Calls_at_once_give_a_vacancy_one_code()
    {
        var (vacancy, worker) = (await _put.PutVacancyAsync(), await _put.PutWorkerAsync());

        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            _ => Messages.RenderDigestAsync(Digest(vacancy, worker)).ResponseAsync));

        Assert.Single(made.Select(one => one.Text).Distinct());
    }

    [Fact]
    public async Task Who_is_left_out_is_noted_as_read_and_told_only_to_whoever_reaches_contacts()
    {
        var (vacancy, silent) = (await _put.PutVacancyAsync(), await _put.PutWorkerAsync(worker => worker.Phone = ""));
        var blind = await DeskOfAsync("", "worker", "vacancy", "outbox_message");

        Assert.Equal(LeftOutReason.NoPhone, await LeftOutAsync(vacancy, silent));
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await blind.RenderDigestAsync(Digest(vacancy, silent)));

        var audit = new AuditService.AuditServiceClient(_node.Channel);
        var noted = await audit.QueryAuditAsync(
            new QueryAuditRequest { Id = silent, Actions = { AuditAction.Read } });
        Assert.Single(noted.Entries);
        Assert.Equal("ERROR_REASON_OUT_OF_REACH", error.Reason());
    }

    private async Task<MessageService.MessageServiceClient> DeskOfAsync(string division, params string[] kinds)
    {
        var credential = new Credential
        {
            Name = $"desk-{division}-{kinds.Length}",
            Roles = { Role.Desk },
            DivisionCodes = { division.Length == 0 ? [] : [division] },
            Kinds = { kinds },
        };
        var made = await _node.Access.CreateCredentialAsync(new CreateCredentialRequest { Credential = credential });
        return new MessageService.MessageServiceClient(_node.As(made.Token));
    }

    private async Task<LeftOutReason> LeftOutAsync(string vacancy, string worker)
    {
        var request = Digest(vacancy, worker);
        request.ValidateOnly = true;
        return (await Messages.RenderDigestAsync(request)).LeftOut.SingleOrDefault()?.Reason ?? default;
    }

    private async Task<string> SentAsync(string vacancy, string worker) =>
        (await Messages.RenderDigestAsync(Digest(vacancy, worker))).MessageIds[0];

    private async Task<TakeReplyResponse> ReplyAsync(string message, string text) =>
        await Messages.TakeReplyAsync(new TakeReplyRequest { MessageId = message, Text = text });

    private static async Task<List<CollectOutboxResponse>> CollectAsync(MessageService.MessageServiceClient messages)
    {
        using var call = messages.CollectOutbox(
            new CollectOutboxRequest { Channel = MessageChannel.Sms, UnmaskPurpose = Purpose });
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private async Task<OutboxMessage> StoredAsync(string id) => (await _node.Records.GetRecordAsync(
        new GetRecordRequest { Kind = "outbox_message", Id = id })).Record.Payload.Unpack<OutboxMessage>();

    private async Task CloseAsync(string vacancy)
    {
        var answer = await _node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items = { Change("vacancy", vacancy, new Vacancy { Status = VacancyStatus.Filled }, "status") },
        });
        Assert.Null(answer.Answers[0].Error);
    }

    private static PutRecordItem Change(string kind, string id, Google.Protobuf.IMessage payload, string field) => new()
    {
        Record = new Record { Kind = kind, Id = id, Payload = Any.Pack(payload) },
        UpdateMask = new FieldMask { Paths = { field } },
    };

    private static RenderDigestRequest Digest(string vacancy, string worker) =>
        new() { Channel = MessageChannel.Sms, VacancyIds = { vacancy }, WorkerIds = { worker } };
}
