using System.Text;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Services;

public sealed class RecordServiceTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_batch_with_a_request_id_answers_the_same_when_repeated()
    {
        var request = new BatchPutRecordsRequest { RequestId = Guid.NewGuid().ToString(), Items = { Employer("华坚鞋厂") } };

        var first = await _node.Records.BatchPutRecordsAsync(request);
        var again = await _node.Records.BatchPutRecordsAsync(request);

        Assert.Equal(first, again);
        Assert.Single((await ListAsync()).Records);
    }

    [Fact]
    public async Task A_request_id_for_another_batch_is_refused_as_a_whole_and_nothing_of_it_is_written()
    {
        var first = new BatchPutRecordsRequest { RequestId = Guid.NewGuid().ToString(), Items = { Employer("甲") } };
        await _node.Records.BatchPutRecordsAsync(first);
        var second = first.Clone();
        second.Items.Add(Employer("乙"));

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Records.BatchPutRecordsAsync(second));

        Assert.Equal((StatusCode.Aborted, "ERROR_REASON_REQUEST_ID_REUSED"), (error.StatusCode, error.Reason()));
        Assert.Equal(first.RequestId, error.Info().Metadata["request_id"]);
        Assert.Single((await ListAsync()).Records);
    }

    [Fact]
    public async Task A_repeated_batch_tries_again_what_was_refused_and_repeats_the_other_answers()
    {
        var request = new BatchPutRecordsRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            Items = { Employer("甲"), Employer("") },
        };

        var first = await _node.Records.BatchPutRecordsAsync(request);
        var again = await _node.Records.BatchPutRecordsAsync(request);

        Assert.Null(first.Answers[0].Error);
        Assert.NotNull(first.Answers[1].Error);
        Assert.Equal(first, again);
        Assert.Single((await ListAsync()).Records);
    }

    [Fact]
    public async Task A_request_that_comes_many_times_at_once_is_done_once()
    {
        var id = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => PutAsync(Employer("华坚鞋厂"), id)));

        Assert.All(answers, answer => Assert.Equal(answers[0], answer));
        Assert.Single((await ListAsync()).Records);
    }

    [Fact]
    public async Task A_placement_that_is_begun_many_times_at_once_is_begun_once()
    {
        var request = new RecordPlacementEventRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            Event = new PlacementEvent
            {
                WorkerId = Guid.CreateVersion7().ToString(),
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = PlacementEventType.Arrived,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
            },
        };

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => _node.Placements.RecordPlacementEventAsync(request).ResponseAsync));

        Assert.All(answers, answer => Assert.Equal(answers[0].EventId, answer.EventId));
        var events = await _node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "placement_event" });
        var item = new PutRecordItem { Delete = true, Record = new Record { Kind = "placement_event" } };
        item.Record.Id = Assert.Single(events.Records).Id;
        Assert.StartsWith("delete:", (await PutAsync(item)).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stale_etag_is_aborted_and_writes_nothing()
    {
        var created = await PutAsync(Employer("甲"));
        var update = Employer("乙", created.Id);
        update.Etag = created.Etag;
        var updated = await PutAsync(update);

        var late = Employer("丙", created.Id);
        late.Etag = created.Etag;
        var answer = await PutAsync(late);

        Assert.Equal((int)StatusCode.Aborted, answer.Error.Code);
        var info = answer.Error.Details[0].Unpack<ErrorInfo>();
        Assert.Equal("ERROR_REASON_VERSION_CONFLICT", info.Reason);
        Assert.Equal((created.Etag, updated.Etag), (info.Metadata["expected"], info.Metadata["actual"]));
        Assert.NotEqual(created.Etag, updated.Etag);
        Assert.Equal("乙", (await GetAsync(created.Id)).Name);
    }

    [Fact]
    public async Task An_update_mask_replaces_what_it_names_and_keeps_the_rest()
    {
        var created = await PutAsync(Employer("甲", office: "0769-22220000"));
        var update = Employer("乙", created.Id);
        update.UpdateMask = new FieldMask { Paths = { "name" } };
        await PutAsync(update);

        var employer = await GetAsync(created.Id);

        Assert.Equal(("乙", "0769-22220000"), (employer.Name, employer.OfficePhone));
    }

    [Fact]
    public async Task Writing_what_stands_there_writes_nothing()
    {
        var created = await PutAsync(Employer("甲"));
        var head = (await _node.Node.GetStatusAsync(new GetStatusRequest())).Head.Position;

        var again = await PutAsync(Employer("甲", created.Id));

        Assert.Equal(created.Etag, again.Etag);
        Assert.Equal(head, (await _node.Node.GetStatusAsync(new GetStatusRequest())).Head.Position);
    }

    [Fact]
    public async Task Validate_only_writes_nothing()
    {
        var item = Employer("甲");
        item.ValidateOnly = true;

        var answer = await PutAsync(item);

        Assert.Null(answer.Error);
        Assert.Empty((await ListAsync()).Records);
    }

    [Fact]
    public async Task An_update_mask_is_checked_although_the_item_creates_the_record()
    {
        var item = Employer("华坚鞋厂");
        item.UpdateMask = new FieldMask { Paths = { "no_such_field" } };

        var answer = await PutAsync(item);

        Assert.StartsWith("update_mask:", answer.Error.Message, StringComparison.Ordinal);
        Assert.Empty((await ListAsync()).Records);
    }

    [Fact]
    public async Task Reads_without_a_kind_say_which_field_is_missing()
    {
        var get = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Records.GetRecordAsync(new GetRecordRequest { Id = Guid.NewGuid().ToString() }));
        var list = await Assert.ThrowsAsync<RpcException>(async () =>
            await _node.Records.ListRecordsAsync(new ListRecordsRequest()));

        Assert.Equal(["kind", "kind"], new[] { get, list }.Select(error => error.Info().Metadata["field"]));
    }

    [Fact]
    public async Task Items_of_one_record_keep_their_order_whichever_way_each_names_it()
    {
        var key = new ExternalKey { Source = "dongguan-hr", SourceId = "e1" };
        var first = Employer("0");
        first.Record.ExternalKey = key;
        var id = (await PutAsync(first)).Id;
        var items = Enumerable.Range(1, 40).Select(n =>
        {
            var item = Employer($"{n}", n % 2 == 0 ? id : "");
            item.Record.ExternalKey = n % 2 == 0 ? null : key;
            return item;
        });

        await ImportAsync("mixed", [.. items]);

        Assert.Equal("40", (await GetAsync(id)).Name);
    }

    [Fact]
    public async Task Checking_an_event_writes_nothing_not_even_the_id_of_a_placement()
    {
        var request = new RecordPlacementEventRequest
        {
            RequestId = Guid.NewGuid().ToString(),
            ValidateOnly = true,
            Event = new PlacementEvent
            {
                WorkerId = Guid.CreateVersion7().ToString(),
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = PlacementEventType.Arrived,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
            },
        };

        var response = await _node.Placements.RecordPlacementEventAsync(request);

        var store = _node.Services.GetRequiredService<Exchange.Store.IRecordStore>();
        Assert.Null(response.Placement);
        foreach (var collection in new[] { "request-placements", "streams", "stream-answers" })
        {
            Assert.Empty(await store.ReadEntriesAsync(collection, default, default, 10, default));
        }
    }

    [Fact]
    public async Task An_unknown_kind_and_an_unknown_enum_value_are_errors_of_a_local_writer()
    {
        var horse = new PutRecordItem { Record = new Record { Kind = "horse" } };
        var odd = Employer("甲");
        odd.Record.Payload = Any.Pack(new Employer { Name = "甲", Kind = (EmployerKind)77 });

        Assert.Equal("ERROR_REASON_KIND_UNKNOWN", (await PutAsync(horse)).Error.Reason());
        Assert.StartsWith("kind:", (await PutAsync(odd)).Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_removes_the_record_from_reads_and_tells_watchers()
    {
        var created = await PutAsync(Employer("甲"));
        using var watch = _node.Records.WatchRecords(new WatchRecordsRequest { Kinds = { "employer" } });
        await watch.ResponseStream.MoveNext(CancellationToken.None);
        await watch.ResponseStream.MoveNext(CancellationToken.None);

        await PutAsync(new PutRecordItem { Delete = true, Record = new Record { Kind = "employer", Id = created.Id } });
        await watch.ResponseStream.MoveNext(CancellationToken.None);

        Assert.Equal(created.Id, watch.ResponseStream.Current.Removed.Id);
        var error = await Assert.ThrowsAsync<RpcException>(() => GetAsync(created.Id));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    [Fact]
    public async Task Undo_takes_back_what_a_stream_created_and_changed_and_leaves_what_was_changed_since()
    {
        var kept = await PutAsync(Employer("旧名"));
        var touched = await PutAsync(Employer("旧二"));
        var answers = await ImportAsync(
            "batch-1", Employer("新名", kept.Id), Employer("新二", touched.Id), Employer("新三", kept.Id), Employer("全新"));
        await PutAsync(Employer("后来", touched.Id));

        var undo = new UndoStreamRequest { Publisher = "import", Stream = "batch-1" };
        var result = await _node.Records.UndoStreamAsync(undo);

        Assert.Equal((1, 2, 1), (result.DeletedCount, result.RestoredCount, result.KeptCount));
        Assert.Equal("旧名", (await GetAsync(kept.Id)).Name);
        Assert.Equal("后来", (await GetAsync(touched.Id)).Name);
        await Assert.ThrowsAsync<RpcException>(() => GetAsync(answers[3].Id));
    }

    [Fact]
    public async Task An_error_never_tells_a_personal_value()
    {
        var worker = new Worker { Name = "王小明", IdNumber = "530602199001011234", Sex = Sex.Male };

        var answer = await PutAsync(new PutRecordItem { Record = new Record { Kind = "worker", Payload = Any.Pack(worker) } });

        Assert.Equal((int)StatusCode.InvalidArgument, answer.Error.Code);
        var bytes = Encoding.UTF8.GetString(answer.Error.ToByteArray());
        Assert.DoesNotContain("530602199001011234", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("王小明", bytes, StringComparison.Ordinal);
    }

    private static PutRecordItem Employer(string name, string id = "", string office = "") => new()
    {
        Record = new Record
        {
            Kind = "employer",
            Id = id,
            Payload = Any.Pack(new Employer { Name = name, OfficePhone = office, Kind = EmployerKind.Enterprise }),
        },
    };

    private async Task<PutRecordAnswer> PutAsync(PutRecordItem item, string requestId = "") =>
        (await _node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item }, RequestId = requestId }))
            .Answers.Single();

    private async Task<IReadOnlyList<PutRecordAnswer>> ImportAsync(string batch, params PutRecordItem[] items)
    {
        using var call = _node.Records.PutRecords();
        await call.RequestStream.WriteAsync(new PutRecordsRequest
        {
            Open = new OpenStream { Publisher = "import", Stream = batch, Undoable = true },
        });
        foreach (var (item, index) in items.Select((item, index) => (item, index)))
        {
            item.Number = (ulong)index + 1;
            await call.RequestStream.WriteAsync(new PutRecordsRequest { Item = item });
        }

        await call.RequestStream.CompleteAsync();
        var responses = await call.ResponseStream.ReadAllAsync().ToListAsync();
        Assert.All(responses.Skip(1), response => Assert.Null(response.Answer.Error));
        return [.. responses.Skip(1).Select(response => response.Answer)];
    }

    private async Task<Employer> GetAsync(string id)
    {
        var response = await _node.Records.GetRecordAsync(new GetRecordRequest { Kind = "employer", Id = id });
        return response.Record.Payload.Unpack<Employer>();
    }

    private async Task<ListRecordsResponse> ListAsync() =>
        await _node.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "employer" });
}
