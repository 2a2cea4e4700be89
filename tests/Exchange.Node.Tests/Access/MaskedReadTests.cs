using System.Security.Cryptography;
using Exchange.Node.Standards;
using Exchange.Node.Tests.Audit;
using Exchange.Node.Tests.Sync;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Access;

/// <summary>Who sees personal data masked, who in the clear, and what is kept of it.</summary>
public sealed class MaskedReadTests : IAsyncLifetime
{
    private const string Purpose = "calls about an offer";

    private readonly Worker _written = Written();
    private ReachRegister _all = null!;
    private string _id = "";
    private CallInvoker _reader = null!;
    private CallInvoker _desk = null!;

    public async Task InitializeAsync()
    {
        _all = await ReachRegister.StartAsync();
        _id = (await ReachRegister.PutAsync(_all.Node.Channel, "worker", _written)).Id;
        _reader = await _all.AsAsync(new Credential { Name = "reader", Roles = { Role.Reader } });
        _desk = await _all.AsAsync(new Credential { Name = "desk", Roles = { Role.Desk } });
    }

    public async Task DisposeAsync() => await _all.DisposeAsync();

    [Fact]
    public async Task Without_a_purpose_everybody_sees_masked_copies()
    {
        foreach (var caller in new[] { _reader, _desk, _all.Node.As(_all.Node.RunToken) })
        {
            var records = new RecordService.RecordServiceClient(caller);
            var got = (await records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = _id })).Record;
            var listed = (await records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" })).Records
                .Single(record => record.Id == _id);
            using var watch = records.WatchRecords(new WatchRecordsRequest { Kinds = { "worker" } });

            AssertMasked(got);
            AssertMasked(listed);
            AssertMasked(await SeenAsync(watch));
        }
    }

    [Fact]
    public async Task With_a_purpose_the_desk_sees_the_whole_and_the_chain_names_the_purpose()
    {
        var records = new RecordService.RecordServiceClient(_desk);

        var got = await records.GetRecordAsync(
            new GetRecordRequest { Kind = "worker", Id = _id, UnmaskPurpose = Purpose });
        using (var watch = records.WatchRecords(
            new WatchRecordsRequest { Kinds = { "worker" }, UnmaskPurpose = Purpose }))
        {
            Assert.Equal(_written, (await SeenAsync(watch)).Payload.Unpack<Worker>());
        }

        Assert.Equal(_written, got.Record.Payload.Unpack<Worker>());
        Assert.False(got.Record.Masked);
        var noted = await new AuditedNode(_all.Node).QueryAsync(
            new QueryAuditRequest { Actions = { AuditAction.Unmasked, AuditAction.Watched } });
        Assert.Contains(noted, entry => entry is { Action: AuditAction.Unmasked, Purpose: Purpose, Actor.Name: "desk" });
        Assert.Contains(noted, entry => entry is { Action: AuditAction.Watched, Purpose: Purpose, Actor.Name: "desk" });
    }

    [Fact]
    public async Task A_reader_may_name_no_purpose()
    {
        var records = new RecordService.RecordServiceClient(_reader);
        var get = new GetRecordRequest { Kind = "worker", Id = _id, UnmaskPurpose = Purpose };
        using var watch = records.WatchRecords(new WatchRecordsRequest { UnmaskPurpose = Purpose });

        foreach (var refused in new[]
        {
            await Assert.ThrowsAsync<RpcException>(async () => await records.GetRecordAsync(get)),
            await Assert.ThrowsAsync<RpcException>(async () => await records.ListRecordsAsync(
                new ListRecordsRequest { Kind = "worker", UnmaskPurpose = Purpose })),
            await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(default)),
        })
        {
            Assert.Equal(StatusCode.PermissionDenied, refused.StatusCode);
            Assert.Equal("Unmask", refused.Info().Metadata["permission"]);
        }
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("two\nlines")]
    [InlineData("asks for 13812345678")]
    public async Task A_purpose_that_cant_stand_in_the_chain_is_refused(string purpose)
    {
        var get = new GetRecordRequest { Kind = "worker", Id = _id, UnmaskPurpose = purpose };

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await new RecordService.RecordServiceClient(_desk).GetRecordAsync(get));

        Assert.Equal("ERROR_REASON_FIELD_INVALID", refused.Reason());
        Assert.DoesNotContain("13812345678", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_clerk_wrote_into_a_placement_is_read_for_a_purpose_alone()
    {
        var (placement, begun) = await NotedAsync();
        var placements = new PlacementService.PlacementServiceClient(_desk);
        using var masked = placements.WatchPlacements(new WatchPlacementsRequest());
        using var whole = placements.WatchPlacements(new WatchPlacementsRequest { UnmaskPurpose = Purpose });

        foreach (var shown in new[]
        {
            begun,
            (await placements.GetPlacementAsync(new GetPlacementRequest { Id = placement })).Placement,
            Assert.Single((await placements.ListPlacementsAsync(new ListPlacementsRequest())).Placements),
            await FirstAsync(masked),
        })
        {
            Assert.True(shown.Masked);
            Assert.DoesNotContain("王小明", shown.ToString(), StringComparison.Ordinal);
        }

        foreach (var shown in new[]
        {
            (await placements.GetPlacementAsync(
                new GetPlacementRequest { Id = placement, UnmaskPurpose = Purpose })).Placement,
            Assert.Single((await placements.ListPlacementsAsync(
                new ListPlacementsRequest { UnmaskPurpose = Purpose })).Placements),
            await FirstAsync(whole),
        })
        {
            Assert.False(shown.Masked);
            Assert.Equal("asked 王小明", shown.Events[^1].Event.Note);
        }

        Assert.Equal(Purpose, (await new AuditedNode(_all.Node).NewestAsync(AuditAction.Unmasked)).Purpose);
    }

    [Fact]
    public async Task Whoever_may_name_no_purpose_and_whoever_names_a_bad_one_stands_in_the_chain_without_the_words()
    {
        var bad = "for 13812345678";
        foreach (var (caller, purpose) in new[] { (_reader, Purpose), (_desk, bad) })
        {
            var records = new RecordService.RecordServiceClient(caller);
            var placements = new PlacementService.PlacementServiceClient(caller);
            using var watch = placements.WatchPlacements(new WatchPlacementsRequest { UnmaskPurpose = purpose });
            await Assert.ThrowsAsync<RpcException>(async () => await records.GetRecordAsync(
                new GetRecordRequest { Kind = "worker", Id = _id, UnmaskPurpose = purpose }));
            await Assert.ThrowsAsync<RpcException>(async () => await placements.GetPlacementAsync(
                new GetPlacementRequest { Id = _id, UnmaskPurpose = purpose }));
            await Assert.ThrowsAsync<RpcException>(async () => await placements.ListPlacementsAsync(
                new ListPlacementsRequest { UnmaskPurpose = purpose }));
            await Assert.ThrowsAsync<RpcException>(() => watch.ResponseStream.MoveNext(default));
        }

        var noted = await new AuditedNode(_all.Node).QueryAsync(
            new QueryAuditRequest { Actions = { AuditAction.AccessDenied } });

        string[] rpcs = ["RecordService/GetRecord", "PlacementService/GetPlacement", "PlacementService/ListPlacements",
            "PlacementService/WatchPlacements"];
        Assert.Equal(
            rpcs.Select(rpc => ("reader", $"exchange.v1.{rpc}", "needs Unmask"))
                .Concat(rpcs.Select(rpc => ("desk", $"exchange.v1.{rpc}", "unmask_purpose is no purpose")))
                .Order(),
            noted.Select(entry => (entry.Actor.Name, entry.Method, entry.Detail)).Order());
        Assert.All(noted, entry => Assert.Equal(AuditOutcome.Refused, entry.Outcome));
        Assert.DoesNotContain(noted, entry => entry.ToString().Contains("13812345678", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_masked_copy_isnt_written_back()
    {
        var records = new RecordService.RecordServiceClient(_desk);
        var copy = (await records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = _id })).Record;

        var answer = await ReachRegister.PutAsync(_desk, "worker", copy.Payload.Unpack<Worker>(), _id);

        Assert.Equal((int)StatusCode.InvalidArgument, answer.Error.Code);
    }

    [Fact]
    public async Task The_json_door_masks_as_well()
    {
        using var http = _all.Node.OpenHttp();

        var text = await http.GetStringAsync($"/v1/records/worker/{_id}");

        Assert.Contains("\"masked\":", text, StringComparison.Ordinal);
        Assert.DoesNotContain(_written.IdNumber, text, StringComparison.Ordinal);
        Assert.DoesNotContain(_written.Name, text, StringComparison.Ordinal);
    }

    private async Task<(string Id, Placement Told)> NotedAsync()
    {
        var id = await ReachRegister.ReferAsync(_all.Node.Channel, _all.WorkerHere, _all.VacancyHere);
        var told = await _all.Node.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                PlacementId = id,
                WorkerId = _all.WorkerHere,
                VacancyId = _all.VacancyHere,
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = PlacementEventType.Interviewed,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
                Note = "asked 王小明",
                ReasonWords = "王小明 wishes so",
            },
        });
        return (id, told.Placement);
    }

    private static async Task<Placement> FirstAsync(AsyncServerStreamingCall<WatchPlacementsResponse> watch)
    {
        while (await watch.ResponseStream.MoveNext(default))
        {
            if (watch.ResponseStream.Current.Placement is { } placement)
            {
                return placement;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    private static Worker Written()
    {
        var worker = People.Worker(77, ReachRegister.Here);
        worker.Phone = "13812345678";
        worker.Remark = "called on behalf of a neighbour";
        return worker;
    }

    private static async Task<Record> WatchedAsync(AsyncServerStreamingCall<WatchRecordsResponse> watch, string id)
    {
        while (await watch.ResponseStream.MoveNext(default))
        {
            if (watch.ResponseStream.Current.Record is { } record && record.Id == id)
            {
                return record;
            }
        }

        throw new InvalidOperationException("The watch ended.");
    }

    private Task<Record> SeenAsync(AsyncServerStreamingCall<WatchRecordsResponse> watch) => WatchedAsync(watch, _id);

    private void AssertMasked(Record record)
    {
        var worker = record.Payload.Unpack<Worker>();
        Assert.True(record.Masked);
        Assert.Equal(Masks.IdNumber(_written.IdNumber), worker.IdNumber);
        Assert.Equal(Masks.Name(_written.Name), worker.Name);
        Assert.Equal("138******78", worker.Phone);
        Assert.Equal("", worker.Remark);
        Assert.Equal(_written.BirthDate, worker.BirthDate);
        Assert.Equal(SHA256.HashData(record.Payload.Value.Span), record.PayloadHash.ToByteArray());
    }
}
