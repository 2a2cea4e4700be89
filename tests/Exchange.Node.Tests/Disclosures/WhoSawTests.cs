using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Exchange.Node.Tests.Disclosures;

/// <summary>Who saw a person's data, asked at one of two real nodes under the city profile.</summary>
public sealed class WhoSawTests : IAsyncLifetime
{
    private AgreedNodes _nodes = null!;

    public async Task InitializeAsync()
    {
        _nodes = await AgreedNodes.StartAsync();
        await _nodes.AgreeAsync(SampleAgreements.Draft());
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task After_a_referral_the_city_has_seen_the_event_and_the_worker_masked()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();

        var answer = await WhoSawAsync(id);

        var partner = Assert.Single(answer.Partners);
        Assert.Equal((id, 2u, 0u), (answer.SubjectId, answer.RecordCount, answer.ForeignCount));
        Assert.Equal(SampleAgreements.Town, partner.Node);
        Assert.Equal((0, null), (answer.Unreachable.Count, partner.Error));
        Assert.Equal(["placement_event", "worker"], partner.Views.Select(view => view.Kind));
        var worker = partner.Views[1];
        Assert.Equal(
            ("zhaotong-dongguan", 1u, "city:1", "placement", true),
            (worker.AgreementId, worker.AgreementVersion, worker.Projection, worker.Purpose, worker.TermsKnown));
        Assert.Equal(
            [
                "name MaskName", "id_number MaskIdNumber", "sex", "birth_date.year",
                "registered_place.division_code MaskCounty", "phone MaskPhone", "schooling.band",
            ],
            worker.Fields.Where(field => !field.Path.StartsWith("skills.", StringComparison.Ordinal)).Select(Text));
        Assert.DoesNotContain(partner.Views[0].Fields, field => field.Path is "note" or "reason_words");
        var record = Assert.Single(worker.Records);
        Assert.Equal((id, 1u, false, true), (record.Id, record.Revision, record.Withdrawn, record.Confirmed));
        Assert.Equal(_nodes.Time.GetUtcNow().ToTimestamp(), record.SentTime);
        Assert.Equal((HoldingState.Held, true), (record.Holding.State, record.AsRegistered));
        Assert.Equal((record.Version, record.Revision), (record.Holding.Version, record.Holding.Revision));
        Assert.DoesNotContain("张", answer.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("0014", answer.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_given_for_two_purposes_is_told_with_both_and_with_all_fields()
    {
        var wider = SampleAgreements.Insured(version: 0);
        wider.ValidFromDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 };
        await _nodes.AgreeAsync(wider);
        var id = await _nodes.ReferWorkerAsync();
        Assert.True((await _nodes.SyncAsync()).DigestsMatch);

        var worker = Assert.Single(Assert.Single((await WhoSawAsync(id)).Partners).Views, view => view.Kind == "worker");

        Assert.Equal(("city+insurance:2", "placement, insurance", true), (worker.Projection, worker.Purpose, worker.TermsKnown));
        Assert.Contains("name", worker.Fields.Select(Text));
        Assert.Contains("birth_date.month", worker.Fields.Select(Text));
        Assert.True(Assert.Single(worker.Records).AsRegistered);
    }

    [Fact]
    public async Task Without_asking_partners_the_register_alone_answers()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await StopTownAsync();

        var answer = await Client.WhoSawAsync(new WhoSawRequest { SubjectId = id });

        Assert.Empty(answer.Unreachable);
        var records = Assert.Single(answer.Partners).Views.SelectMany(view => view.Records).ToList();
        Assert.All(records, record => Assert.Equal((true, null), (record.Confirmed, record.Holding)));
        Assert.Equal(2, records.Count);
    }

    [Fact]
    public async Task After_an_erasure_what_the_city_saw_is_still_told_and_it_holds_nothing_any_more()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await new V1.SubjectService.SubjectServiceClient(_nodes.Region.Channel).EraseSubjectAsync(
            new EraseSubjectRequest { SubjectId = id, Reason = "request" });

        var before = await WhoSawAsync(id);
        await _nodes.SyncAsync();
        var after = await WhoSawAsync(id);

        Assert.All(Records(before), record => Assert.Equal((false, true), (record.Withdrawn, record.Confirmed)));
        Assert.All(Records(after), record => Assert.Equal((true, true), (record.Withdrawn, record.Confirmed)));
        Assert.All(Records(after), record => Assert.Equal(
            (HoldingState.Removed, true), (record.Holding.State, record.AsRegistered)));
        Assert.Equal((2u, 2), (after.RecordCount, Records(after).Count));
        var worker = after.Partners[0].Views.Single(view => view.Kind == "worker");
        Assert.Contains("name MaskName", worker.Fields.Select(Text));
    }

    [Fact]
    public async Task A_partner_that_is_down_is_unreachable_and_the_register_answers_all_the_same()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await StopTownAsync();

        var answer = await WhoSawAsync(id);

        Assert.Equal([SampleAgreements.Town], answer.Unreachable);
        Assert.Equal("ERROR_REASON_PEER_UNREACHABLE", answer.Partners[0].Error.Reason());
        Assert.All(Records(answer), record => Assert.Equal((true, null), (record.Confirmed, record.Holding)));
        Assert.Equal(2, Records(answer).Count);
    }

    [Fact]
    public async Task A_partner_without_an_address_is_unreachable()
    {
        var worker = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        await _nodes.Town.Placements.RecordPlacementEventAsync(new RecordPlacementEventRequest
        {
            Event = new PlacementEvent
            {
                WorkerId = worker,
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = SampleAgreements.Region,
                ReceivingNode = SampleAgreements.Town,
                Type = PlacementEventType.Started,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 },
            },
        });
        await _nodes.SyncAsync();

        var answer = await new V1.DisclosureService.DisclosureServiceClient(_nodes.Town.Channel).WhoSawAsync(
            new WhoSawRequest { SubjectId = worker, IncludePartners = true });

        Assert.Equal((1u, 2u), (answer.RecordCount, answer.ForeignCount));
        Assert.Equal([SampleAgreements.Region], answer.Unreachable);
        Assert.Contains("no address", answer.Partners[0].Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_were_changed_underneath_at_the_partner_are_not_as_registered()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        var key = new RecordKey("worker", Guid.Parse(id));
        var store = _nodes.Town.Services.GetRequiredService<IRecordStore>();
        var codec = _nodes.Town.Services.GetRequiredService<RecordCodec>();
        var stored = (await store.GetAsync(key, default))!;
        var changed = codec.Decode(stored);
        changed.Payload = Any.Pack(new Worker { Name = "李**" });
        var put = new RecordPut
        {
            Key = key,
            Version = stored.Version,
            Revision = stored.Revision,
            Envelope = stored.Envelope,
            Payload = codec.Encode(key, changed, []).Payload,
            Keys = stored.Keys,
        };
        await store.CommitAsync(new Commit { Puts = [put] }, default);

        var records = Records(await WhoSawAsync(id));

        var worker = records.Single(record => record.Id == id);
        Assert.Equal((HoldingState.Held, false), (worker.Holding.State, worker.AsRegistered));
        Assert.True(records.Single(record => record.Id != id).AsRegistered);
    }

    [Fact]
    public async Task A_view_under_a_narrower_agreement_replaces_the_one_in_the_register()
    {
        var id = await _nodes.ReferWorkerAsync();
        await _nodes.SyncAsync();
        var before = Records(await WhoSawAsync(id)).Single(record => record.Id == id);
        await _nodes.AgreeAsync(SampleAgreements.Narrower(month: 3, day: 3));
        _nodes.NextDay();
        await _nodes.SyncAsync();

        var worker = (await WhoSawAsync(id)).Partners[0].Views.Single(view => view.Kind == "worker");

        Assert.Equal(("city:2", 2u), (worker.Projection, worker.AgreementVersion));
        Assert.DoesNotContain(worker.Fields, field => field.Path == "phone");
        var record = Assert.Single(worker.Records);
        Assert.Equal((before.Version, 2u, true, true),
            (record.Version, record.Revision, record.Confirmed, record.AsRegistered));
    }

    [Fact]
    public async Task Somebody_unknown_is_not_found_and_what_is_no_id_is_refused()
    {
        var unknown = await Assert.ThrowsAsync<RpcException>(() => WhoSawAsync(Guid.NewGuid().ToString()));
        var malformed = await Assert.ThrowsAsync<RpcException>(() => WhoSawAsync("worker-17"));

        Assert.Equal(
            (StatusCode.NotFound, "ERROR_REASON_RECORD_NOT_FOUND"), (unknown.StatusCode, unknown.Reason()));
        Assert.Equal(
            (StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID"), (malformed.StatusCode, malformed.Reason()));
    }

    [Fact]
    public async Task Somebody_who_was_never_sent_was_seen_by_nobody()
    {
        var id = await _nodes.ReferWorkerAsync();

        var answer = await WhoSawAsync(id);

        Assert.Equal((2u, 0, 0), (answer.RecordCount, answer.Partners.Count, answer.Unreachable.Count));
    }

    [Theory]
    [InlineData("bijie", "zhaotong-dongguan", StatusCode.PermissionDenied, "ERROR_REASON_PEER_UNKNOWN")]
    [InlineData("zhaotong", "bijie-dongguan", StatusCode.InvalidArgument, "ERROR_REASON_FIELD_INVALID")]
    public async Task A_partner_is_told_only_under_its_own_agreement(
        string node, string agreement, StatusCode status, string reason)
    {
        var request = new TellHeldRequest { Node = node, AgreementId = agreement };

        var error = await Assert.ThrowsAsync<RpcException>(() => TellHeldAsync(request));

        Assert.Equal((status, reason), (error.StatusCode, error.Reason()));
    }

    [Fact]
    public async Task Questions_that_are_malformed_or_too_long_are_refused()
    {
        var id = Guid.NewGuid().ToString();
        var longest = Enumerable.Repeat(new HeldName { Kind = "worker", Id = id }, 1001);
        HeldName[][] all =
        [
            [new HeldName { Kind = "worker", Id = "17" }],
            [new HeldName { Kind = "Wor ker", Id = id }],
            [.. longest],
        ];
        foreach (var records in all)
        {
            var request = new TellHeldRequest
            {
                Node = SampleAgreements.Region,
                AgreementId = "zhaotong-dongguan",
                Records = { records },
            };
            var error = await Assert.ThrowsAsync<RpcException>(() => TellHeldAsync(request));
            Assert.Equal("ERROR_REASON_FIELD_INVALID", error.Reason());
        }
    }

    private V1.DisclosureService.DisclosureServiceClient Client => new(_nodes.Region.Channel);

    private static string Text(DisclosedField field) =>
        field.Mask == Mask.Unspecified ? field.Path : $"{field.Path} Mask{field.Mask}";

    private static List<DisclosedRecord> Records(WhoSawResponse answer) =>
        [.. answer.Partners.SelectMany(partner => partner.Views).SelectMany(view => view.Records)];

    private async Task<WhoSawResponse> WhoSawAsync(string id) =>
        await Client.WhoSawAsync(new WhoSawRequest { SubjectId = id, IncludePartners = true });

    private async Task TellHeldAsync(TellHeldRequest request)
    {
        using var channel = _nodes.Town.OpenChannelOf(request.Node);
        await new V1.DisclosureService.DisclosureServiceClient(channel.Intercept(new PatientClient())).TellHeldAsync(request);
    }

    private Task StopTownAsync() => _nodes.Town.Services.GetRequiredService<IHost>().StopAsync();
}
