using Exchange.Node.Bundles;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Services;
using Exchange.Testing;
using Exchange.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Exchange.Node.Tests.Bundles;

/// <summary>What a session does, by files: nothing is lost, nothing is doubled, nothing comes back.</summary>
public sealed class BundleExchangeTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    private TestNode Region => _nodes.Region;

    private TestNode Town => _nodes.Town;

    public async Task InitializeAsync() => _nodes = await BundleNodes.StartAsync();

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_bundle_brings_what_a_session_would_and_its_answer_confirms_it()
    {
        var id = await _nodes.ReferWorkerAsync();

        var taken = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        var before = await Region.PeerAsync();
        var answered = await Region.ImportAsync(taken.Answer.ToByteArray());
        var after = await Region.PeerAsync();

        Assert.Equal((BundleOutcome.Applied, 2ul, BundleComparison.Same), (taken.Outcome, taken.AppliedCount, taken.Comparison));
        Assert.Equal("138******34", (await _nodes.WorkerInTownAsync()).Phone);
        Assert.Equal((BundleOutcome.Confirmed, BundleComparison.Same), (answered.Outcome, answered.Comparison));
        Assert.Equal((0ul, 2ul), (before.SentCount, after.SentCount));
        Assert.Equal((2ul, 0ul), (after.DisclosedCount, after.PositionsBehind));
        Assert.NotNull(after.BundleExportTime);
        Assert.NotNull(after.BundleAnswerTime);
        Assert.NotNull((await Town.PeerAsync()).BundleImportTime);
        Assert.NotEmpty(id);
    }

    [Fact]
    public async Task When_the_line_comes_back_a_session_exchanges_nothing_again_and_the_old_bundle_changes_nothing()
    {
        await _nodes.ReferWorkerAsync();
        var bundle = await Region.ExportAsync("dongguan");
        var taken = await Town.ImportAsync(bundle);
        await Region.ImportAsync(taken.Answer.ToByteArray());

        var session = await _nodes.SyncAsync();
        var again = await Town.ImportAsync(bundle);
        var answered = await Region.ImportAsync(again.Answer.ToByteArray());

        Assert.Equal((0ul, 0ul, true), (session.SentCount, session.ReceivedCount, session.DigestsMatch));
        Assert.Equal((BundleOutcome.NothingChanged, 0ul), (again.Outcome, again.AppliedCount));
        Assert.Equal(again.Footer.Changes, again.SkippedCount);
        Assert.Equal(taken.Applied, again.Applied);
        Assert.Equal(BundleOutcome.NothingChanged, answered.Outcome);
    }

    [Fact]
    public async Task A_bundle_that_never_arrived_is_in_the_next_one_again()
    {
        await _nodes.ReferWorkerAsync();
        var lost = await Region.ExportAsync("dongguan");
        await Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));

        var taken = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        var late = await Town.ImportAsync(lost);

        Assert.Equal((2ul, 2ul), (taken.AppliedCount, taken.Header.Number));
        Assert.Equal(0ul, taken.Header.From.Position);
        Assert.Equal((BundleOutcome.NothingChanged, late.Footer.Changes), (late.Outcome, late.SkippedCount));
    }

    [Fact]
    public async Task An_answer_that_was_lost_is_made_again_by_importing_again()
    {
        await _nodes.ReferWorkerAsync();
        var bundle = await Region.ExportAsync("dongguan");
        await Town.ImportAsync(bundle);

        var answered = await Region.ImportAsync((await Town.ImportAsync(bundle)).Answer.ToByteArray());

        Assert.Equal(BundleOutcome.Confirmed, answered.Outcome);
        Assert.Equal(0ul, (await Region.PeerAsync()).PositionsBehind);
    }

    [Fact]
    public async Task A_bundle_back_confirms_what_came_as_well_as_an_answer_does()
    {
        await _nodes.ReferWorkerAsync();
        await Town.PublishAsync(VacancySamples.Item(1, "a", VacancySamples.Sample()));
        await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        var behind = (await Region.PeerAsync()).Acknowledged?.Position ?? 0;

        var back = await Region.ImportAsync(await Town.ExportAsync("zhaotong"));

        Assert.Equal((BundleOutcome.Applied, BundleComparison.Same), (back.Outcome, back.Comparison));
        Assert.Equal(1, await Region.CountAsync("vacancy"));
        Assert.True((await Region.PeerAsync()).Acknowledged.Position > behind);
    }

    [Fact]
    public async Task An_import_that_was_cut_goes_on_behind_the_last_durable_batch()
    {
        await _nodes.ReferWorkerAsync();
        var bundle = await Region.ExportAsync("dongguan");
        var forged = await Forgery.OfAsync(_nodes, bundle);
        var sink = Town.Services.GetRequiredService<SyncFlows>().Sink("zhaotong");
        await new BundleTaken(sink, new FeedCursor(), forged.Header.Epoch).ApplyAsync(forged.Batches.First());

        var taken = await Town.ImportAsync(bundle);

        Assert.Equal((1ul, BundleComparison.Same), (taken.AppliedCount, taken.Comparison));
        Assert.Equal(taken.Footer.To, taken.Applied);
    }

    [Fact]
    public async Task What_a_bundle_brings_into_quarantine_is_listed_on_both_sides()
    {
        await _nodes.ReferWorkerAsync();
        var bundle = await Forgery.OfAsync(_nodes, await Region.ExportAsync("dongguan"));
        foreach (var change in bundle.Batches.SelectMany(batch => batch.Changes).Where(one => one.Record.Kind == "worker"))
        {
            change.Record.PayloadHash = Google.Protobuf.ByteString.Empty;
        }

        var taken = await Town.ImportAsync(await bundle.MakeAsync(_nodes));
        var answered = await Region.ImportAsync(taken.Answer.ToByteArray());

        Assert.True(taken.QuarantinedCount > 0);

        // The referral waits for the worker.
        var town = await Town.PeerAsync();
        Assert.Equal((1ul, 1ul), (town.QuarantinedCount, town.WaitingCount));
        Assert.Equal((2ul, 2ul), (answered.PutAsideCount, (await Region.PeerAsync()).PutAsideCount));
    }

    [Fact]
    public async Task A_partner_was_heard_of_when_it_made_the_bundle_and_not_when_the_bundle_came()
    {
        await _nodes.ReferWorkerAsync();
        var bundle = await Region.ExportAsync("dongguan");
        _nodes.NextDay();

        var taken = await Town.ImportAsync(bundle);
        await Region.ImportAsync(taken.Answer.ToByteArray());
        _nodes.NextDay();
        await Town.ImportAsync(bundle);

        Assert.Equal(taken.Header.MadeTime, (await Town.PeerAsync()).LastHeardTime);
        Assert.Equal((await Region.PeerAsync()).BundleAnswerTime, (await Region.PeerAsync()).LastHeardTime);
    }

    [Fact]
    public async Task A_bundle_that_a_session_has_overtaken_changes_nothing()
    {
        var id = await _nodes.ReferWorkerAsync();
        var bundle = await Region.ExportAsync("dongguan");
        await ErasePhoneAsync(id);
        var session = await _nodes.SyncAsync();

        var late = await Town.ImportAsync(bundle);

        Assert.True(session.DigestsMatch);
        Assert.Equal((BundleOutcome.NothingChanged, 0ul), (late.Outcome, late.AppliedCount));
        Assert.Equal(BundleComparison.Unspecified, late.Comparison);
        Assert.Equal("", (await _nodes.WorkerInTownAsync()).Phone);
    }

    [Fact]
    public async Task Nothing_of_an_erased_person_comes_back_with_an_old_bundle()
    {
        var id = await _nodes.ReferWorkerAsync();
        var old = await Region.ExportAsync("dongguan");
        await EraseAsync(id);
        var erasure = await _nodes.CarryAsync();

        var late = await Town.ImportAsync(old);

        Assert.True(erasure.AppliedCount > 0);
        Assert.Equal(BundleOutcome.NothingChanged, late.Outcome);
        Assert.Equal(0, await Town.CountAsync("worker"));
        Assert.True((await ErasureAsync(id)).Complete);
    }

    [Fact]
    public async Task Nothing_of_an_erased_person_comes_back_though_a_session_brought_the_erasure()
    {
        var id = await _nodes.ReferWorkerAsync();
        var old = await Region.ExportAsync("dongguan");
        await EraseAsync(id);
        await _nodes.SyncAsync();

        var late = await Town.ImportAsync(old);

        Assert.Equal(0ul, late.AppliedCount);
        Assert.Equal(0, await Town.CountAsync("worker"));
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    [Fact]
    public async Task A_retraction_that_left_in_a_bundle_is_open_until_the_answer_comes()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.CarryAsync();
        await EraseAsync(id);

        var taken = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        var open = await ErasureAsync(id);
        await Region.ImportAsync(taken.Answer.ToByteArray());
        var closed = await ErasureAsync(id);

        Assert.Equal(0, await Town.CountAsync("worker"));
        Assert.Equal((false, 2u, 0u), (open.Complete, open.Partners[0].SentCount, open.Partners[0].AcknowledgedCount));
        Assert.Equal((true, 2u), (closed.Complete, closed.Partners[0].AcknowledgedCount));
    }

    [Fact]
    public async Task A_late_answer_confirms_nothing_of_the_bundle_that_was_made_since()
    {
        var (first, second) = (await _nodes.ReferWorkerAsync(), await _nodes.ReferWorkerAsync("998801199001010030"));
        await _nodes.CarryAsync();
        await EraseAsync(first);
        var taken = await Town.ImportAsync(await Region.ExportAsync("dongguan"));
        await EraseAsync(second);
        var next = await Region.ExportAsync("dongguan");

        await Region.ImportAsync(taken.Answer.ToByteArray());
        var early = await ErasureAsync(second);
        await Region.ImportAsync((await Town.ImportAsync(next)).Answer.ToByteArray());

        Assert.Equal((false, 0u), (early.Complete, early.Partners[0].AcknowledgedCount));
        Assert.True((await ErasureAsync(first)).Complete);
        Assert.True((await ErasureAsync(second)).Complete);
        Assert.Equal(0, await Town.CountAsync("worker"));
    }

    [Fact]
    public async Task A_retraction_in_a_bundle_that_was_lost_goes_with_the_next_session_by_its_deadline()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.CarryAsync();
        await EraseAsync(id);
        await Region.ExportAsync("dongguan");
        var asked = (await Region.PeerAsync()).OpenRetractionCount;

        var session = await _nodes.SyncAsync();

        Assert.Equal(2ul, asked);
        Assert.True(session.DigestsMatch);
        Assert.Equal(0, await Town.CountAsync("worker"));
        Assert.Equal((true, 0ul), ((await ErasureAsync(id)).Complete, (await Region.PeerAsync()).OpenRetractionCount));
    }

    [Fact]
    public async Task A_bundle_from_the_start_brings_everything_once_more_and_changes_nothing_that_is_there()
    {
        await _nodes.ReferWorkerAsync();
        await _nodes.CarryAsync();

        var all = await Town.ImportAsync(await Region.ExportAsync("dongguan", fromStart: true));

        Assert.Equal((0ul, 2ul), (all.AppliedCount, all.SkippedCount));
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);
    }

    private async Task EraseAsync(string id) => await new V1.SubjectService.SubjectServiceClient(Region.Channel)
        .EraseSubjectAsync(new EraseSubjectRequest { SubjectId = id, Reason = "request of 2026-03-01" });

    private async Task<Erasure> ErasureAsync(string id) => (await new V1.SubjectService.SubjectServiceClient(Region.Channel)
        .GetErasureAsync(new GetErasureRequest { SubjectId = id })).Erasure;

    private async Task ErasePhoneAsync(string id)
    {
        var record = (await Region.Records.GetRecordAsync(new GetRecordRequest { Kind = "worker", Id = id })).Record;
        var worker = record.Payload.Unpack<Worker>();
        worker.Phone = "";
        record.Payload = Google.Protobuf.WellKnownTypes.Any.Pack(worker);
        var answer = await Region.Records.BatchPutRecordsAsync(
            new BatchPutRecordsRequest { Items = { new PutRecordItem { Record = record } } });
        Assert.Null(answer.Answers[0].Error);
    }
}
