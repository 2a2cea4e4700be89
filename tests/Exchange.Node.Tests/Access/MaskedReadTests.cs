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
