using Exchange.Node.Tests.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using MessageService = Exchange.V1.MessageService;
using PublicService = Exchange.V1.PublicService;

namespace Exchange.Node.Tests.Messages;

/// <summary>From a digest to the phone, and what comes back; and what strangers see.</summary>
public sealed class MessageServiceTests : IAsyncLifetime
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

    private PublicService.PublicServiceClient Public => new(_node.Nobody);

    [Fact]
    public async Task A_digest_reaches_the_phone_once_and_a_willing_reply_becomes_a_contact()
    {
        var (vacancy, worker) = (await _put.PutVacancyAsync(), await _put.PutWorkerAsync());

        var made = await Messages.RenderDigestAsync(Digest(vacancy, worker));
        var waiting = Assert.Single(await CollectAsync(MessageChannel.Sms));
        var code = (await Public.ListOpenVacanciesAsync(new ListOpenVacanciesRequest())).Vacancies[0].JobCode;
        var reply = await Messages.TakeReplyAsync(
            new TakeReplyRequest { MessageId = waiting.MessageId, Text = $"1 {code}" });
        var again = await Messages.TakeReplyAsync(
            new TakeReplyRequest { MessageId = waiting.MessageId, Text = $"愿意 {code}" });
        await Messages.SettleMessageAsync(
            new SettleMessageRequest { MessageId = waiting.MessageId, State = MessageState.Sent });

        Assert.Equal((made.MessageIds[0], "13812345678", made.Text), (waiting.MessageId, waiting.Phone, waiting.Text));
        Assert.Contains(code, made.Text, StringComparison.Ordinal);
        Assert.Empty(await CollectAsync(MessageChannel.Sms));
        Assert.Equal((ContactOutcome.Willing, reply.ContactId), (reply.Meaning, again.ContactId));
        var contact = (await _node.Records.GetRecordAsync(
            new GetRecordRequest { Kind = "contact", Id = reply.ContactId })).Record.Payload.Unpack<Contact>();
        Assert.Equal((worker, vacancy, ContactState.Made), (contact.WorkerId, contact.VacancyId, contact.State));
    }

    [Fact]
    public async Task Whoever_stops_or_wants_to_wait_gets_nothing()
    {
        var vacancy = await _put.PutVacancyAsync();
        var (stops, waits) = (await _put.PutWorkerAsync(), await _put.PutWorkerAsync());
        var silent = await _put.PutWorkerAsync(worker => worker.Phone = "");
        await Messages.RenderDigestAsync(Digest(vacancy, stops));
        var message = Assert.Single(await CollectAsync(MessageChannel.Sms));
        await Messages.TakeReplyAsync(new TakeReplyRequest { MessageId = message.MessageId, Text = "0" });
        await _put.PutAsync("contact", new Contact
        {
            WorkerId = waits,
            State = ContactState.Declined,
            MadeDate = Samples.Date(2026, 3, 1),
            NotBeforeDate = Samples.Date(2026, 6, 1),
        });

        var digest = Digest(vacancy, stops);
        digest.WorkerIds.Add([waits, silent]);
        var made = await Messages.RenderDigestAsync(digest);

        Assert.Empty(made.MessageIds);
        Assert.Equal(
            [(stops, LeftOutReason.Stopped), (waits, LeftOutReason.NotYet), (silent, LeftOutReason.NoPhone)],
            made.LeftOut.Select(one => (one.WorkerId, one.Reason)));
    }

    [Fact]
    public async Task Arrived_is_an_event_of_the_one_placement_that_waits_for_it()
    {
        var placed = await PlacedWorker.PutAsync(_node, worker => worker.Phone = "13812345678", hasBegun: false);
        await Messages.RenderDigestAsync(Digest(await _put.PutVacancyAsync(), placed.Worker));
        var message = Assert.Single(await CollectAsync(MessageChannel.Sms));

        var reply = await Messages.TakeReplyAsync(new TakeReplyRequest { MessageId = message.MessageId, Text = "2" });
        var unclear = await Messages.TakeReplyAsync(
            new TakeReplyRequest { MessageId = message.MessageId, Text = "几点上车" });

        Assert.NotEmpty(reply.EventId);
        var placement = await _node.Placements.GetPlacementAsync(new GetPlacementRequest { Id = placed.Placement });
        Assert.Equal(PlacementState.Arrived, placement.Placement.State);
        Assert.Equal((ContactOutcome.Unspecified, ""), (unclear.Meaning, unclear.ContactId));
        Assert.NotEmpty(unclear.Hint);
    }

    [Fact]
    public async Task A_board_needs_no_purpose_and_phones_do()
    {
        await Messages.RenderDigestAsync(new RenderDigestRequest
        {
            Channel = MessageChannel.NoticeBoard,
            VacancyIds = { await _put.PutVacancyAsync() },
            Place = Samples.Place("530629101", "威信县扎西镇"),
        });

        Assert.Equal("", Assert.Single(await CollectAsync(MessageChannel.NoticeBoard, purpose: "")).Phone);
        var error = await Assert.ThrowsAsync<RpcException>(() => CollectAsync(MessageChannel.Sms, purpose: ""));
        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
        var reader = new MessageService.MessageServiceClient(await PlacedWorker.ReaderOfAsync(_node, "530629"));
        using var call = reader.CollectOutbox(
            new CollectOutboxRequest { Channel = MessageChannel.Sms, UnmaskPurpose = Purpose });
        error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal("ERROR_REASON_PERMISSION_MISSING", error.Reason());
    }

    [Fact]
    public async Task Contacts_are_due_on_their_day_unless_the_worker_asked_to_wait()
    {
        var (due, waits) = (await _put.PutWorkerAsync(), await _put.PutWorkerAsync());
        Contact Planned(string worker, int month) => new()
        {
            WorkerId = worker,
            State = ContactState.Planned,
            PlannedDate = Samples.Date(2026, month, 1),
        };
        var id = await _put.PutAsync("contact", Planned(due, 3));
        await _put.PutAsync("contact", Planned(due, 4));
        await _put.PutAsync("contact", Planned(waits, 3));
        await _put.PutAsync("contact", new Contact
        {
            WorkerId = waits,
            State = ContactState.Made,
            Outcome = ContactOutcome.Well,
            MadeDate = Samples.Date(2026, 3, 1),
            NotBeforeDate = Samples.Date(2026, 6, 1),
        });

        var listed = await Messages.ListDueContactsAsync(new ListDueContactsRequest());

        Assert.Equal(id, Assert.Single(listed.Contacts).ContactId);
    }

    [Fact]
    public async Task Everybody_sees_open_vacancies_and_nothing_personal()
    {
        var open = await _put.PutVacancyAsync(vacancy =>
        {
            vacancy.Title = "制鞋工 王经理13812345678";
            vacancy.Description = "找王经理";
        });
        await _put.PutVacancyAsync(vacancy => vacancy.Status = VacancyStatus.Paused);
        await _put.PutVacancyAsync(vacancy => vacancy.Title = "女工优先");
        await _put.PutVacancyAsync(vacancy => vacancy.EndDate = Samples.Date(2020, 1, 1));
        await _put.PutVacancyAsync(vacancy => vacancy.WorkPlace = Samples.Place("3301", "杭州市"));

        var listed = await Public.ListOpenVacanciesAsync(
            new ListOpenVacanciesRequest { DivisionCode = "4419", Text = "製鞋" });

        var shown = Assert.Single(listed.Vacancies);
        Assert.Equal((open, "制鞋工 王经理***", ""), (shown.Id, shown.Title, shown.JobCode));
        Assert.DoesNotContain("找王经理", listed.ToString(), StringComparison.Ordinal);

        await Messages.RenderDigestAsync(Digest(open, await _put.PutWorkerAsync()));
        var code = (await Public.ListOpenVacanciesAsync(
            new ListOpenVacanciesRequest { DivisionCode = "4419" })).Vacancies[0].JobCode;
        var found = await Public.ListOpenVacanciesAsync(new ListOpenVacanciesRequest { JobCode = code });
        Assert.Equal(open, Assert.Single(found.Vacancies).Id);
    }

    [Fact]
    public async Task What_is_masked_isnt_found_by_its_digits()
    {
        await _put.PutVacancyAsync(vacancy => vacancy.Title = "制鞋工 王经理13812345678");

        var guessed = await Public.ListOpenVacanciesAsync(new ListOpenVacanciesRequest { Text = "王经理138" });
        var shown = await Public.ListOpenVacanciesAsync(new ListOpenVacanciesRequest { Text = "王经理" });

        Assert.Empty(guessed.Vacancies);
        Assert.Single(shown.Vacancies);
    }

    private async Task<List<CollectOutboxResponse>> CollectAsync(MessageChannel channel, string purpose = Purpose)
    {
        using var call = Messages.CollectOutbox(
            new CollectOutboxRequest { Channel = channel, UnmaskPurpose = purpose });
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }

    private static RenderDigestRequest Digest(string vacancy, string worker) =>
        new() { Channel = MessageChannel.Sms, VacancyIds = { vacancy }, WorkerIds = { worker } };
}
