using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Reviews;

/// <summary>What a person should look at, through real nodes and sockets.</summary>
public sealed class ReviewServiceTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    private ReviewService.ReviewServiceClient Here => _nodes.Region.Reviews;

    private ReviewService.ReviewServiceClient There => _nodes.Town.Reviews;

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task What_came_back_half_is_listed_in_pages_told_and_confirmed()
    {
        var worker = await LoseAndGetBackAsync();

        var first = await Here.ListPartialRecordsAsync(new ListPartialRecordsRequest { PageSize = 1 });
        var second = await Here.ListPartialRecordsAsync(
            new ListPartialRecordsRequest { PageSize = 10, PageToken = first.NextPageToken });
        var (referral, returned) = (Assert.Single(first.Records), Assert.Single(second.Records));

        Assert.Equal(("placement_event", "worker", worker), (referral.Kind, returned.Kind, returned.Id));
        Assert.Equal(("dongguan", "dongguan", ""), (referral.Peer, returned.Peer, second.NextPageToken));
        Assert.Equal((2ul, true), await PartialCountAsync());

        var confirmed = await Here.ConfirmPartialRecordAsync(
            new ConfirmPartialRecordRequest { Kind = referral.Kind, Id = referral.Id });

        var record = await _nodes.Region.Records.GetRecordAsync(
            new GetRecordRequest { Kind = referral.Kind, Id = referral.Id });
        Assert.Equal(record.Record.Etag, confirmed.Etag);
        Assert.Equal((1ul, true), await PartialCountAsync());
        await ImportAgainAsync(worker);
        Assert.Empty((await Here.ListPartialRecordsAsync(new ListPartialRecordsRequest())).Records);
        Assert.Equal((0ul, false), await PartialCountAsync());
    }

    [Fact]
    public async Task What_cant_be_confirmed_says_why()
    {
        var worker = await LoseAndGetBackAsync();

        var masked = await ConfirmFailsAsync("worker", worker);
        var unknown = await ConfirmFailsAsync("worker", Guid.NewGuid().ToString());
        var noId = await ConfirmFailsAsync("worker", "17");
        var page = await Here.ListPartialRecordsAsync(new ListPartialRecordsRequest { PageSize = 1 });
        var foreign = await Assert.ThrowsAsync<RpcException>(async () => await Here.ListPartialRecordsAsync(
            new ListPartialRecordsRequest { Kind = "worker", PageToken = page.NextPageToken }));

        Assert.Equal(
            (StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID"), (masked.StatusCode, masked.Reason()));
        Assert.Equal(
            (StatusCode.NotFound, "ERROR_REASON_RECORD_NOT_FOUND"), (unknown.StatusCode, unknown.Reason()));
        Assert.Equal("ERROR_REASON_FIELD_INVALID", noId.Reason());
        Assert.Equal("ERROR_REASON_PAGE_TOKEN_INVALID", foreign.Reason());
    }

    [Fact]
    public async Task Findings_about_numbers_are_listed_told_and_settled()
    {
        await TakeTwiceAsync();

        var found = Assert.Single((await There.ListIdentityReviewsAsync(new ListIdentityReviewsRequest())).Reviews);

        Assert.Equal(
            (IdentityFinding.SameNumber, "worker", 2), (found.Finding, found.Kind, found.Records.Count));
        Assert.Equal((1ul, true), await OpenReviewsAsync());

        var settled = await There.SettleIdentityReviewAsync(new SettleIdentityReviewRequest
        {
            Id = found.Id,
            Verdict = IdentityVerdict.DifferentPersons,
            Note = "  told the home  ",
        });

        Assert.Equal("told the home", settled.Review.Note);
        Assert.Equal((0ul, false), await OpenReviewsAsync());
        Assert.Empty((await There.ListIdentityReviewsAsync(new ListIdentityReviewsRequest())).Reviews);
        var all = await There.ListIdentityReviewsAsync(new ListIdentityReviewsRequest { IncludeSettled = true });
        Assert.Equal(settled.Review, Assert.Single(all.Reviews));
    }

    [Fact]
    public async Task What_cant_be_settled_says_why()
    {
        await TakeTwiceAsync();
        var found = Assert.Single((await There.ListIdentityReviewsAsync(new ListIdentityReviewsRequest())).Reviews);

        var unknown = await SettleFailsAsync(Guid.NewGuid().ToString(), IdentityVerdict.SamePerson, "");
        var noVerdict = await SettleFailsAsync(found.Id, IdentityVerdict.Unspecified, "");
        var longNote = await SettleFailsAsync(found.Id, IdentityVerdict.SamePerson, new string('x', 201));

        Assert.Equal("ERROR_REASON_RECORD_NOT_FOUND", unknown.Reason());
        Assert.Equal("ERROR_REASON_FIELD_INVALID", noVerdict.Reason());
        Assert.Equal("ERROR_REASON_FIELD_INVALID", longNote.Reason());
        Assert.Equal((1ul, true), await OpenReviewsAsync());
    }

    // The region is restored to what it was before it referred somebody, and the town gives back what it holds.
    private async Task<string> LoseAndGetBackAsync()
    {
        await _nodes.SyncAsync();
        using var directory = new TemporaryDirectory();
        var (backup, restored) = (Path.Combine(directory.Path, "backup"), Path.Combine(directory.Path, "restored"));
        var data = _nodes.Region.Services.GetRequiredService<DataDirectory>();
        await RecordStores.BackUpAsync(data.Store, backup, _nodes.Time, default);
        var worker = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await RecordStores.RestoreAsync(backup, restored, _nodes.Time, default);
        await _nodes.RestartRegionAsync(_ =>
        {
            Directory.Delete(data.Store, recursive: true);
            Directory.Move(restored, data.Store);
        });
        await _nodes.SyncAsync();
        return worker;
    }

    private async Task ImportAgainAsync(string id)
    {
        var answer = await _nodes.Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items =
            {
                new PutRecordItem
                {
                    Record = new Record
                    {
                        Kind = "worker",
                        Id = id,
                        LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
                        Payload = Any.Pack(
                            new Worker { Name = "张小明", IdNumber = "998801199001010014", Phone = "13812345634" }),
                    },
                },
            },
        });
        Assert.Null(answer.Answers[0].Error);
    }

    private async Task<(ulong Count, bool IsTold)> PartialCountAsync()
    {
        var peer = Assert.Single((await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);
        var report = await _nodes.Region.Reports.GetMorningReportAsync(
            new GetMorningReportRequest { Language = ReportLanguage.En });
        Assert.Equal(peer.PartialCount, report.Partners[0].Status.PartialCount);
        return (peer.PartialCount, report.Lines.Any(
            line => line.Contains("came back from dongguan after a restore", StringComparison.Ordinal)));
    }

    // The region, which refuses a second record of one person, is made to give two.
    private async Task TakeTwiceAsync()
    {
        var changes = new[] { Guid.CreateVersion7(), Guid.CreateVersion7() }.Select(id =>
        {
            var record = Incoming.Record("worker", id, _nodes.Time.GetUtcNow(), Any.Pack(People.Worker(1)));
            (record.HomeNode, record.Version.Node) = ("zhaotong", "zhaotong");
            return record.Change();
        });
        var sink = _nodes.Town.Services.GetRequiredService<SyncFlows>().Sink("zhaotong");
        var ack = await sink.ApplyAsync(Incoming.Batch(0, 1, [.. changes]), default);
        Assert.Equal(2u, ack.AppliedCount);
    }

    private async Task<(ulong Count, bool IsTold)> OpenReviewsAsync()
    {
        var status = await _nodes.Town.Node.GetStatusAsync(new GetStatusRequest());
        var report = await _nodes.Town.Reports.GetMorningReportAsync(
            new GetMorningReportRequest { Language = ReportLanguage.En });
        Assert.Equal(status.OpenReviewCount, report.OpenReviewCount);
        return (status.OpenReviewCount, report.Lines[^1].StartsWith("To review: 1 findings", StringComparison.Ordinal));
    }

    private Task<RpcException> ConfirmFailsAsync(string kind, string id) => Assert.ThrowsAsync<RpcException>(
        async () => await Here.ConfirmPartialRecordAsync(new ConfirmPartialRecordRequest { Kind = kind, Id = id }));

    private Task<RpcException> SettleFailsAsync(string id, IdentityVerdict verdict, string note) =>
        Assert.ThrowsAsync<RpcException>(async () => await There.SettleIdentityReviewAsync(
            new SettleIdentityReviewRequest { Id = id, Verdict = verdict, Note = note }));
}
