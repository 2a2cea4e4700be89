using Exchange.Node.Hosting;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Services;

/// <summary>Erasure and restriction through real nodes, down to the bytes of their files.</summary>
public sealed class SubjectServiceTests : IAsyncLifetime
{
    private const string Name = "欧阳金丝雀";
    private const string IdNumber = "998801199001010014";

    private AgreedNodes _nodes = null!;

    private V1.SubjectService.SubjectServiceClient Subjects => new(_nodes.Region.Channel);

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Erased_data_is_in_no_file_of_either_node_and_a_replay_changes_nothing()
    {
        var id = await PutReferredAsync();
        var captured = await CaptureAsync();
        await SyncAsync();
        var key = new RecordKey("worker", Guid.Parse(id));
        var sealedHere = (await StoreOf(_nodes.Region).GetAsync(key, default))!.Payload.ToArray();
        var sealedThere = (await StoreOf(_nodes.Town).GetAsync(key, default))!.Payload.ToArray();
        Assert.True(IsInFiles(_nodes.Region, sealedHere));
        Assert.True(IsInFiles(_nodes.Town, sealedThere));

        var erased = await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request of 2026-03-01" });
        Assert.Equal((2u, false, 0u), (erased.Erasure.RecordCount, erased.Erasure.Complete, erased.ForeignCount));
        await SyncAsync();

        var told = (await Subjects.GetErasureAsync(new GetErasureRequest { SubjectId = id })).Erasure;
        Assert.Equal((true, 2u), (told.Complete, Assert.Single(told.Partners).AcknowledgedCount));
        var ack = await ReplayAsync(captured);
        Assert.Equal((0u, 2u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Empty((await _nodes.Town.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" })).Records);
        Assert.False(IsInFiles(_nodes.Region, sealedHere));
        Assert.False(IsInFiles(_nodes.Town, sealedThere));
        Assert.False(IsInFiles(_nodes.Region, System.Text.Encoding.UTF8.GetBytes(Name)));
        Assert.Equal(0ul, (await PeerAsync()).OpenRetractionCount);
    }

    [Fact]
    public async Task Until_the_partner_acknowledges_an_erasure_is_listed_as_open()
    {
        var id = await PutReferredAsync();
        await SyncAsync();
        await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request", DeadlineDays = 3 });

        var open = Assert.Single(
            (await Subjects.ListErasuresAsync(new ListErasuresRequest { OpenOnly = true })).Erasures);
        var peer = await PeerAsync();

        Assert.Equal((2u, 0u), (open.Partners[0].AskedCount, open.Partners[0].AcknowledgedCount));
        Assert.Equal(3, (int)Math.Round((open.DeadlineTime - open.EraseTime).ToTimeSpan().TotalDays));
        Assert.Equal((2ul, 0ul), (peer.OpenRetractionCount, peer.OverdueRetractionCount));
        await SyncAsync();
        Assert.Empty((await Subjects.ListErasuresAsync(new ListErasuresRequest { OpenOnly = true })).Erasures);
    }

    [Fact]
    public async Task Erasing_again_answers_with_the_first_erasure_and_takes_what_came_since()
    {
        var id = await PutReferredAsync();
        var first = await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "first" });
        await ReferAsync(id);

        var second = await Subjects.EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "second", DeadlineDays = 100 });

        Assert.Equal(
            (first.Erasure.Reason, first.Erasure.DeadlineTime, 3u),
            (second.Erasure.Reason, second.Erasure.DeadlineTime, second.Erasure.RecordCount));
    }

    [Fact]
    public async Task A_frozen_worker_is_shown_without_payload_and_refuses_writes_until_it_is_lifted()
    {
        var id = await PutReferredAsync();

        var frozen = await Subjects.RestrictSubjectAsync(new RestrictSubjectRequest { SubjectId = id });
        var shown = (await _nodes.Region.Records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = id })).Record;
        var refused = await PutAsync(Worker(id));
        var lifted = await Subjects.LiftRestrictionAsync(new LiftRestrictionRequest { SubjectId = id });

        Assert.Equal((2u, 2u), (frozen.ChangedCount, lifted.ChangedCount));
        Assert.Equal((RecordState.Frozen, null), (shown.State, shown.Payload));
        Assert.Equal("ERROR_REASON_RECORD_FROZEN", refused.Error.Reason());
        Assert.Null((await PutAsync(Worker(id))).Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_household_of_its_head_is_named_or_erased_as_well(bool withHouseholds)
    {
        var id = await PutReferredAsync();
        var household = (await PutAsync(new Record
        {
            Kind = "household",
            Payload = Any.Pack(new Household { HeadName = Name, HeadIdNumber = IdNumber }),
        })).Id;

        var erased = await Subjects.EraseSubjectAsync(new EraseSubjectRequest
        {
            SubjectId = id,
            Reason = "request",
            WithHouseholds = withHouseholds,
        });

        var households = await _nodes.Region.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "household" });
        Assert.Equal(withHouseholds ? [] : [household], erased.HouseholdIds);
        Assert.Equal(withHouseholds ? 3u : 2u, erased.Erasure.RecordCount);
        Assert.Equal(withHouseholds ? 0 : 1, households.Records.Count);
    }

    [Fact]
    public async Task An_unknown_subject_is_not_found_and_bad_requests_name_their_field()
    {
        var unknown = new EraseSubjectRequest { SubjectId = Guid.NewGuid().ToString(), Reason = "request" };
        await FailsAsync(StatusCode.NotFound, unknown);
        await FailsAsync(StatusCode.InvalidArgument, new EraseSubjectRequest { SubjectId = "x", Reason = "request" });
        await FailsAsync(StatusCode.InvalidArgument, new EraseSubjectRequest { SubjectId = unknown.SubjectId });
        unknown.DeadlineDays = 366;
        await FailsAsync(StatusCode.InvalidArgument, unknown);
        var missing = new GetErasureRequest { SubjectId = unknown.SubjectId };
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Subjects.GetErasureAsync(missing));
        Assert.Equal(StatusCode.NotFound, error.StatusCode);
    }

    private async Task FailsAsync(StatusCode status, EraseSubjectRequest request)
    {
        var error = await Assert.ThrowsAsync<RpcException>(async () => await Subjects.EraseSubjectAsync(request));
        Assert.Equal(status, error.StatusCode);
    }

    /// <summary>The frames that the city is going to get, as somebody on the line could keep them.</summary>
    private async Task<IReadOnlyList<SyncChange>> CaptureAsync()
    {
        var source = _nodes.Region.Services.GetRequiredService<ISyncFlows>().Source("dongguan");
        var changes = new List<SyncChange>();
        var cursor = new FeedCursor();
        for (var atHead = false; !atHead;)
        {
            var page = await source.ReadAsync(cursor, default);
            changes.AddRange(page.Changes);
            await source.ConfirmAsync(page, new SyncAck { Applied = page.To }, default);
            (cursor, atHead) = (page.To, page.AtHead);
        }

        Assert.Equal(2, changes.Select(change => change.Record.Id).Distinct().Count());
        return [.. changes.DistinctBy(change => change.Record.Id)];
    }

    /// <summary>Sends captured changes again in a session of their own, as the old sender.</summary>
    private async Task<SyncAck> ReplayAsync(IReadOnlyList<SyncChange> changes)
    {
        using var channel = _nodes.Town.OpenChannelOf(SampleAgreements.Region);
        var client = new V1.SyncService.SyncServiceClient(channel);
        using var call = client.Sync();
        var agreed = (await _nodes.Town.Agreements.ListAgreementsAsync(new ListAgreementsRequest())).Entries.Single();
        var hello = new SyncHello
        {
            Node = "zhaotong",
            MinProtocol = 1,
            MaxProtocol = 1,
            AgreementId = agreed.Agreement.Id,
            AgreementVersion = 1,
            AgreementDigest = agreed.Digest,
            Epoch = StoreOf(_nodes.Region).Epoch.ToString(),
            Applied = new FeedCursor(),
            Window = 4,
            SessionId = Guid.NewGuid().ToString(),
        };
        await call.RequestStream.WriteAsync(new SyncRequest { Frame = new SyncFrame { Hello = hello } });
        SyncAck? ack = null;
        while (ack is null && await call.ResponseStream.MoveNext(CancellationToken.None))
        {
            var frame = call.ResponseStream.Current.Frame;
            if (frame.Hello is { } theirs)
            {
                var batch = new SyncBatch { Sequence = 1, From = theirs.Applied, To = theirs.Applied };
                batch.Changes.AddRange(changes);
                await call.RequestStream.WriteAsync(new SyncRequest { Frame = new SyncFrame { Batch = batch } });
            }

            // An ack with sequence 0 only lists what is put aside.
            ack = frame.Ack is { Sequence: > 0 } ? frame.Ack : null;
        }

        return ack!;
    }

    private static bool IsInFiles(TestNode node, byte[] bytes)
    {
        var data = node.Services.GetRequiredService<DataDirectory>();
        foreach (var path in Directory.EnumerateFiles(data.Store, "store.sqlite*"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            file.CopyTo(copy);
            if (copy.ToArray().AsSpan().IndexOf(bytes) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    private static IRecordStore StoreOf(TestNode node) => node.Services.GetRequiredService<IRecordStore>();

    private async Task SyncAsync()
    {
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    private async Task<PeerStatus> PeerAsync() =>
        Assert.Single((await _nodes.Region.Node.ListPeersAsync(new ListPeersRequest())).Peers);

    private async Task<string> PutReferredAsync()
    {
        var answer = await PutAsync(Worker(""));
        Assert.Null(answer.Error);
        await ReferAsync(answer.Id);
        return answer.Id;
    }

    private async Task<PutRecordAnswer> PutAsync(Record record)
    {
        var request = new BatchPutRecordsRequest { Items = { new PutRecordItem { Record = record } } };
        return (await _nodes.Region.Records.BatchPutRecordsAsync(request)).Answers[0];
    }

    private async Task ReferAsync(string worker) => await _nodes.Region.Placements.RecordPlacementEventAsync(
        new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                WorkerId = worker,
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = "zhaotong",
                ReceivingNode = "dongguan",
                Type = PlacementEventType.Referred,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
            },
        });

    private static Record Worker(string id) => new()
    {
        Kind = "worker",
        Id = id,
        LegalBasis = new LegalBasis { Kind = LegalBasisKind.StatutoryDuty },
        Payload = Any.Pack(new Worker { Name = Name, IdNumber = IdNumber }),
    };
}
