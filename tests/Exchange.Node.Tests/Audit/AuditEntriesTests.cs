using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Audit;

/// <summary>What is noted of what happens on whole nodes.</summary>
public sealed class AuditEntriesTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    private AuditedNode Region => new(_nodes.Region);

    private AuditedNode Town => new(_nodes.Town);

    public async Task InitializeAsync() => _nodes = await AgreedNodes.StartAgreedAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_write_is_noted_with_its_caller_its_rpc_and_its_record()
    {
        var id = await _nodes.PutWorkerAsync();

        var written = Assert.Single(await Region.QueryAsync(new QueryAuditRequest { Id = id }));

        Assert.Equal(
            (AuditAction.Written, "exchange.v1.RecordService/BatchPutRecords", AuditActorKind.Local, AuditOutcome.Done),
            (written.Action, written.Method, written.Actor.Kind, written.Outcome));
        Assert.Equal(("worker", 1ul), (written.Targets[0].Kind, written.Targets[0].Count));
    }

    [Fact]
    public async Task A_write_that_was_refused_isnt_noted()
    {
        var before = (await Region.EntriesAsync()).Count;

        await _nodes.Region.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest
        {
            Items = { new PutRecordItem { Record = new V1.Record { Kind = "worker", Payload = Any.Pack(new Worker()) } } },
        });

        Assert.Equal(before, (await Region.EntriesAsync()).Count);
    }

    [Fact]
    public async Task What_a_session_gives_is_noted_as_disclosed_there_and_as_written_by_the_partner_here()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();

        var given = await Region.NewestAsync(AuditAction.Disclosed);
        var taken = Assert.Single(
            await Town.QueryAsync(new QueryAuditRequest { Id = id, Actions = { AuditAction.Written } }));

        Assert.Equal((SampleAgreements.Town, AuditActorKind.Partner), (given.Partner, given.Actor.Kind));
        Assert.Equal((SampleAgreements.Region, AuditActorKind.Partner), (taken.Actor.Name, taken.Actor.Kind));
        Assert.Equal("exchange.v1.SyncService/Sync", taken.Method);
    }

    [Fact]
    public async Task A_rotation_of_keys_is_noted_with_who_began_it()
    {
        await new KeyService.KeyServiceClient(_nodes.Region.Channel).RotateKeysAsync(
            new RotateKeysRequest { WithPayloads = true });

        var rotated = await Region.NewestAsync(AuditAction.KeysRotated);
        Assert.Equal(
            (AuditOutcome.Begun, AuditActorKind.Local, "master 2, payloads"),
            (rotated.Outcome, rotated.Actor.Kind, rotated.Detail));
    }

    [Fact]
    public async Task An_erasure_and_what_it_takes_back_are_noted()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();

        await new V1.SubjectService.SubjectServiceClient(_nodes.Region.Channel).EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request of 2026-03-01" });
        await _nodes.SyncAsync();

        var about = await Region.QueryAsync(new QueryAuditRequest { Id = id });
        var erased = about.Where(entry => entry.Action == AuditAction.Erased).ToList();
        Assert.All(erased, entry => Assert.Equal("exchange.v1.SubjectService/EraseSubject", entry.Method));
        Assert.Contains(erased, entry => entry.Targets.Any(target => target is { Kind: "worker", Removed: true }));
        Assert.Contains(
            about, entry => entry.Action == AuditAction.Retracted && entry.Partner == SampleAgreements.Town);
    }

    [Fact]
    public async Task Reading_a_person_is_noted_before_the_answer_leaves_and_reading_a_vacancy_isnt()
    {
        var id = await _nodes.ReferWorkerAsync();
        var before = (await Region.EntriesAsync()).Count;
        await _nodes.Region.Records.ListRecordsAsync(new ListRecordsRequest { Kind = "vacancy" });
        Assert.Equal(before, (await Region.EntriesAsync()).Count);

        var masked = new V1.RecordService.RecordServiceClient(_nodes.Region.As(_nodes.Region.RunToken));
        await masked.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = id });
        await masked.ListRecordsAsync(new ListRecordsRequest { Kind = "worker" });
        await new V1.PlacementService.PlacementServiceClient(_nodes.Region.As(_nodes.Region.RunToken))
            .ListPlacementsAsync(new ListPlacementsRequest());

        Assert.Equal(
            [
                "exchange.v1.RecordService/GetRecord", "exchange.v1.RecordService/ListRecords",
                "exchange.v1.PlacementService/ListPlacements",
            ],
            (await Region.QueryAsync(new QueryAuditRequest { Id = id, Actions = { AuditAction.Read } }))
                .Select(entry => entry.Method));
    }

    [Fact]
    public async Task A_watch_of_persons_is_noted_when_it_begins_and_with_what_it_showed_at_its_end()
    {
        var id = await _nodes.PutWorkerAsync();
        using (var call = _nodes.Region.Records.WatchRecords(new WatchRecordsRequest { Kinds = { "worker" } }))
        {
            Assert.True(await call.ResponseStream.MoveNext(default));
            var begun = await Region.NewestAsync(AuditAction.Watched);
            Assert.Equal((AuditOutcome.Begun, "worker"), (begun.Outcome, begun.Detail));
        }

        await _nodes.RestartRegionAsync();

        var shown = Assert.Single(
            await Region.QueryAsync(new QueryAuditRequest { Id = id, Actions = { AuditAction.Watched } }));
        Assert.Equal(AuditOutcome.Done, shown.Outcome);
    }

    [Fact]
    public async Task Agreements_are_noted()
    {
        var changed = await Region.QueryAsync(
            new QueryAuditRequest { Actions = { AuditAction.AgreementChanged } });

        Assert.NotEmpty(changed);
        Assert.All(changed, entry => Assert.NotEmpty(entry.Detail));
    }

    [Fact]
    public async Task Days_of_work_leave_nothing_that_nobody_can_explain()
    {
        await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        _nodes.NextDay();
        await _nodes.SyncAsync();
        await _nodes.Region.Outages.AnnounceOutageAsync(new AnnounceOutageRequest
        {
            StartTime = Timestamp.FromDateTimeOffset(_nodes.Time.GetUtcNow().AddDays(1)),
            EndTime = Timestamp.FromDateTimeOffset(_nodes.Time.GetUtcNow().AddDays(2)),
            Reason = "new roof",
        });

        var changed = (await Region.QueryAsync()).Concat(await Town.QueryAsync())
            .Where(entry => entry.Action == AuditAction.ConfigurationChanged);

        Assert.Equal(["peer-certificates", "outages"], changed.Select(entry => entry.Detail).Distinct());
        Assert.Empty((await Region.VerifyAsync()).Findings);
        Assert.Empty((await Town.VerifyAsync()).Findings);
    }

    [Fact]
    public async Task Pages_follow_one_another_without_a_gap()
    {
        await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        var request = new QueryAuditRequest { PageSize = 3, AfterSequence = 2 };
        var seen = new List<ulong>();
        do
        {
            var page = await Region.PageAsync(request);
            seen.AddRange(page.Entries.Select(entry => entry.Sequence));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(Enumerable.Range(3, (await Region.EntriesAsync()).Count - 2).Select(number => (ulong)number), seen);
    }

    [Fact]
    public async Task A_restored_backup_goes_on_with_a_chain_that_says_what_it_lost()
    {
        await _nodes.PutWorkerAsync();
        using var backup = new TemporaryDirectory();
        await _nodes.RestartRegionAsync(data => RecordStores.BackUpAsync(data.Store, Path.Combine(backup.Path, "copy"),
            TimeProvider.System, default).GetAwaiter().GetResult());
        await _nodes.ReferWorkerAsync();
        await _nodes.RestartRegionAsync(data =>
        {
            Directory.Delete(data.Store, recursive: true);
            RecordStores.RestoreAsync(Path.Combine(backup.Path, "copy"), data.Store, TimeProvider.System, default)
                .GetAwaiter().GetResult();
        });
        await _nodes.PutWorkerAsync("998801199001010030");

        var found = await Region.VerifyAsync();

        Assert.Empty(found.Findings);
        var gap = Assert.Single(found.Gaps);
        var restored = await Region.NewestAsync(AuditAction.Restored);
        Assert.Equal((restored.Lost.Sequence, restored.Time), (gap.ToSequence, gap.Time));
        Assert.True(gap.FromSequence < restored.Sequence);
    }
}
