using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Services;

/// <summary>What is put aside, through real nodes and sockets: both operators see the same.</summary>
public sealed class QuarantineServiceTests : IAsyncLifetime
{
    private static readonly Guid One = Guid.CreateVersion7();
    private static readonly Guid Two = Guid.CreateVersion7();

    private AgreedNodes _nodes = null!;

    private V1.QuarantineService.QuarantineServiceClient Here => new(_nodes.Region.Channel);

    private V1.QuarantineService.QuarantineServiceClient There => new(_nodes.Town.Channel);

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_waiting_record_is_on_both_lists_until_what_it_names_has_come()
    {
        var employer = await PutAsync("employer", Any.Pack(new Employer { Name = "东莞市某某鞋业有限公司" }));
        var vacancy = People.Vacancy(1);
        vacancy.EmployerId = One.ToString();
        var id = await PutAsync("vacancy", Any.Pack(vacancy));
        await SyncAsync();

        var ours = Assert.Single(await ListAsync(Here, QuarantineSide.Ours));
        var theirs = Assert.Single(await ListAsync(There, QuarantineSide.Theirs));
        Assert.Equal(
            ("dongguan", id, QuarantineStatus.Waiting, One.ToString()),
            (ours.Peer, ours.Id, ours.Status, ours.Missing[0].Id));
        Assert.Equal(
            ("zhaotong", id, QuarantineStatus.Waiting, One.ToString()),
            (theirs.Peer, theirs.Id, theirs.Status, theirs.Missing[0].Id));
        Assert.Equal((1ul, 0ul), await CountsAsync(_nodes.Region));
        Assert.Equal((0ul, 1ul), await CountsAsync(_nodes.Town));

        vacancy.EmployerId = employer;
        await PutAsync("vacancy", Any.Pack(vacancy), id);
        await SyncAsync();
        Assert.Empty(await ListAsync(Here));
        Assert.Empty(await ListAsync(There));
    }

    [Fact]
    public async Task A_quarantined_change_is_on_both_lists_until_a_good_one_takes_its_place()
    {
        var id = await PutAsync("vacancy", Any.Pack(People.Vacancy(1)));
        var key = new RecordKey("vacancy", Guid.Parse(id));
        await StoreAsync(key, "type.googleapis.com/exchange.v1.Employer");
        await SyncAsync();

        var ours = Assert.Single(await ListAsync(Here));
        var theirs = Assert.Single(await ListAsync(There));
        Assert.Equal((id, QuarantineSide.Ours, ErrorReason.ChangeInvalid), (ours.Id, ours.Side, ours.Reason));
        Assert.Equal((id, QuarantineSide.Theirs, ours.Message), (theirs.Id, theirs.Side, theirs.Message));

        await StoreAsync(key, "type.googleapis.com/exchange.v1.Vacancy");
        await SyncAsync();
        Assert.Empty(await ListAsync(Here));
        Assert.Empty(await ListAsync(There));
    }

    [Fact]
    public async Task Only_what_can_never_be_applied_is_discarded_and_the_digest_stays_as_it_was()
    {
        var foreign = Incoming.Vacancy(Two, _nodes.Time.GetUtcNow());
        foreign.HomeNode = "zhongshan";
        await TakeAsync(foreign.Change(), Incoming.Vacancy(One, _nodes.Time.GetUtcNow().AddHours(1)).Change());
        var before = await DigestAsync();
        var request = new DiscardQuarantinedRequest
        {
            Peer = "dongguan",
            Kind = "vacancy",
            Id = Two.ToString(),
            Reason = "sent by mistake",
        };

        var done = (await Here.DiscardQuarantinedAsync(request)).Item;
        Assert.Equal((QuarantineStatus.Discarded, "sent by mistake"), (done.Status, done.DiscardReason));
        request.Reason = "again";
        Assert.Equal(done, (await Here.DiscardQuarantinedAsync(request)).Item);
        Assert.Equal(before, await DigestAsync());
        Assert.Equal(2, (await ListAsync(Here)).Count);
        var peer = Assert.Single((await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        Assert.Equal((2ul, 1ul), (peer.QuarantinedCount, peer.DiscardedCount));

        var retried = await Here.RetryQuarantineAsync(new RetryQuarantineRequest { Peer = "dongguan" });
        Assert.Equal((0ul, 2ul), (retried.AppliedCount, retried.RemainingCount));
        request.Id = One.ToString();
        await FailsAsync(StatusCode.FailedPrecondition, "ERROR_REASON_QUARANTINE_MAY_APPLY", request);
        request.Id = Guid.CreateVersion7().ToString();
        await FailsAsync(StatusCode.NotFound, "ERROR_REASON_RECORD_NOT_FOUND", request);
        request.Reason = " ";
        await FailsAsync(StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID", request);
        request.Peer = "nowhere";
        await FailsAsync(StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID", request);
    }

    [Fact]
    public async Task Pages_go_through_all_lists_and_hold_no_payload()
    {
        var changes = Enumerable.Range(0, 5)
            .Select(i => Incoming.Vacancy(Guid.CreateVersion7(), _nodes.Time.GetUtcNow().AddHours(1), i).Change());
        await TakeAsync([.. changes]);
        var request = new ListQuarantineRequest { Peer = "dongguan", PageSize = 2 };
        var seen = new List<string>();
        do
        {
            var page = await Here.ListQuarantineAsync(request);
            Assert.DoesNotContain("制鞋工", page.ToString(), StringComparison.Ordinal);
            seen.AddRange(page.Items.Select(item => item.Id));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, seen.Count);
        var unknown = new ListQuarantineRequest { Peer = "nowhere" };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Here.ListQuarantineAsync(unknown));
        Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
    }

    private async Task FailsAsync(StatusCode status, string reason, DiscardQuarantinedRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Here.DiscardQuarantinedAsync(request));
        Assert.Equal((status, reason), (error.StatusCode, error.Reason()));
    }

    private static async Task<IReadOnlyList<QuarantineItem>> ListAsync(
        V1.QuarantineService.QuarantineServiceClient node, QuarantineSide side = QuarantineSide.Unspecified) =>
        (await node.ListQuarantineAsync(new ListQuarantineRequest { Side = side })).Items;

    private static async Task<(ulong Waiting, ulong PutAside)> CountsAsync(TestNode node)
    {
        var peer = Assert.Single((await node.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        return (peer.WaitingCount, peer.PutAsideCount);
    }

    /// <summary>What a faulty dongguan could send.</summary>
    private async Task TakeAsync(params SyncChange[] changes)
    {
        var sink = Sink();
        var applied = await sink.AppliedAsync(default);
        var batch = new SyncBatch { From = applied, To = applied, Changes = { changes } };
        batch.From.Epoch = batch.To.Epoch = Incoming.Epoch;
        await sink.ApplyAsync(batch, default);
    }

    private ISyncSink Sink() => _nodes.Region.Services.GetRequiredService<ISyncFlows>().Sink("dongguan");

    private Task<SyncDigest> DigestAsync() => Sink().DigestAsync(withBuckets: true, default);

    /// <summary>Writes what no check would let through: a faulty program of dongguan.</summary>
    private async Task StoreAsync(RecordKey key, string type)
    {
        var store = _nodes.Town.Services.GetRequiredService<IRecordStore>();
        var payload = People.Vacancy(2).ToByteString();
        var record = new Record
        {
            HomeNode = "dongguan",
            State = RecordState.Active,
            Payload = new Any { TypeUrl = type, Value = payload },
            PayloadHash = RecordCodec.Hash(payload.Span),
        };
        var encoded = _nodes.Town.Services.GetRequiredService<RecordCodec>().Encode(key, record, []);
        var put = new RecordPut { Key = key, Envelope = encoded.Envelope, Payload = encoded.Payload };
        await store.CommitAsync(new Commit { Puts = [put] }, default);
    }

    private async Task SyncAsync()
    {
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    private async Task<string> PutAsync(string kind, Any payload, string id = "")
    {
        var record = new Record { Kind = kind, Id = id, Payload = payload };
        var request = new BatchPutRecordsRequest { Items = { new PutRecordItem { Record = record } } };
        var answer = (await _nodes.Town.Records.BatchPutRecordsAsync(request)).Answers[0];
        Assert.Null(answer.Error);
        return answer.Id;
    }
}
