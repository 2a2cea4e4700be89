using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>A hub passes on what both agreements allow, takes it back when its home does, and nothing goes in circles.</summary>
public sealed class PassingOnTests : HubFlowTests
{
    [Fact]
    public async Task A_referred_worker_reaches_the_city_masked_and_with_home_and_version_of_the_prefecture()
    {
        var key = await PassReferredAsync();
        var other = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        await PassAsync();

        var (home, there) = ((await Region.FindAsync(key))!, (await City.FindAsync(key))!);
        Assert.Equal((home.HomeNode, home.Version), (there.HomeNode, there.Version));
        Assert.Equal(("王***", "city:1"), (there.Payload.Unpack<Worker>().Name, there.Projection.Name));
        Assert.Equal(RecordCodec.Hash(there.Payload.Value.Span), there.PayloadHash);
        Assert.NotNull(await Hub.FindAsync(other));
        Assert.Null(await City.FindAsync(other));
    }

    [Fact]
    public async Task Nothing_is_passed_on_that_the_prefecture_lets_be_passed_on_to_nobody()
    {
        Upward.Flows[0].MayPassOnTo.Clear();
        await ReferAsync();

        Assert.Empty((await PassAsync()).Changes());
    }

    [Fact]
    public async Task Nothing_is_passed_on_unless_every_purpose_of_the_prefecture_lets_it_be()
    {
        var other = Upward.Flows[0].Clone();
        other.Purpose = "statistics";
        other.MayPassOnTo.Clear();
        Upward.Flows.Add(other);
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        Assert.Empty((await PassAsync()).Changes());
        Assert.NotNull(await Hub.FindAsync(key));

        var wider = Upward.Clone();
        wider.Version = 2;
        wider.Flows[^1].MayPassOnTo.Add(City.Id);
        Hold(wider);
        await PassAsync();

        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task Nothing_is_passed_on_of_a_node_that_the_agreement_with_the_city_does_not_name()
    {
        Onward.Flows[0].PassesOnFrom.Clear();
        await ReferAsync();

        Assert.Empty((await PassAsync()).Changes());
    }

    [Fact]
    public async Task A_city_whose_agreement_names_no_origin_quarantines_what_is_passed_on()
    {
        await ReferAsync();
        await GiveUpwardAsync();
        var strict = Onward.Clone();
        strict.Flows[0].PassesOnFrom.Clear();

        await FlowPass.RunAsync(Hub, Hub.Flows(Onward).Source(City.Id), City.Flows(strict).Sink(Hub.Id));

        var list = await City.Flows(strict).Sink(Hub.Id).ListAsync(default);
        Assert.Equal(2, list.Quarantined.Count);
        Assert.All(list.Quarantined, put => Assert.Equal(ErrorReason.ChangeNotFromHome, put.Reason));
    }

    [Fact]
    public async Task A_consent_toward_the_city_crosses_the_hub_and_its_withdrawal_takes_back_there_alone()
    {
        var key = await PassReferredAsync(Consented(city: 1));
        Assert.Equal(City.Id, Assert.Single((await City.FindAsync(key))!.LegalBasis.Consents).RecipientNode);
        await FillAsync();

        await Region.PutAsync(People.Worker(1), Withdrawn(2), key.Id);
        await GiveUpwardAsync();
        var first = (await PassOnAsync())[0];

        var removal = first.Changes.Single(change => change.Removal is not null).Removal;
        Assert.Equal(
            (key.Id.ToString(), RemovalReason.ConsentWithdrawn, 2ul),
            (removal.Id, removal.Reason, removal.ConsentVersion));
        Assert.Equal(first.From, first.To);
        Assert.Null(await City.FindAsync(key));
        Assert.NotNull(await Hub.FindAsync(key));
    }

    [Fact]
    public async Task A_worker_without_a_consent_toward_the_city_stops_at_the_hub()
    {
        var key = await Region.PutAsync(People.Worker(1), Consents(Consent(1, Hub.Id, "register")));
        await Region.ReferAsync(key, City.Id);

        await PassAsync();

        Assert.NotNull(await Hub.FindAsync(key));
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task Consents_cross_once_a_later_version_lets_the_hub_pass_on()
    {
        Upward.Flows[0].MayPassOnTo.Clear();
        var key = await Region.PutAsync(People.Worker(1), Consented(city: 1));
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));

        Hold(SampleAgreements.Prefecture(version: 2));
        await PassAsync();

        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task An_erasure_overtakes_with_its_deadline_and_leaves_a_fence_at_the_city()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        var old = await PassAsync();
        await FillAsync();

        await Region.Erasure.EraseAsync(key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        await GiveUpwardAsync();
        var first = (await PassOnAsync())[0];

        Assert.Equal(first.From, first.To);
        var removals = first.Changes.Where(change => change.Removal is not null).ToList();
        Assert.Equal(2, removals.Count);
        Assert.All(removals, change => Assert.Equal(
            (RemovalReason.ConsentWithdrawn, ulong.MaxValue, Time.GetUtcNow().AddDays(15).ToTimestamp()),
            (change.Removal.Reason, change.Removal.ConsentVersion, change.Removal.DeliverByTime)));
        var replay = new SyncBatch { From = old[0].From, To = old[0].To, Changes = { old.Changes() } };
        var ack = await City.Flows(Onward).Sink(Hub.Id).ApplyAsync(replay, default);
        Assert.Equal((0u, 3u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task Somebody_who_is_frozen_leaves_hub_and_city_and_comes_back_to_both()
    {
        var key = await PassReferredAsync();

        await Region.Restriction.SetAsync(key.Id, RecordState.Frozen, default);
        var removals = (await PassAsync()).Changes();
        Assert.All(removals, change => Assert.Equal(
            (RemovalReason.ConsentWithdrawn, 0ul), (change.Removal.Reason, change.Removal.ConsentVersion)));
        Assert.Null(await City.FindAsync(key));

        await Region.Restriction.SetAsync(key.Id, RecordState.Active, default);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Theory]
    [InlineData(RemovalReason.Corrected)]
    [InlineData(RemovalReason.RetentionOver)]
    public async Task The_city_is_told_why_the_prefecture_deleted(RemovalReason reason)
    {
        var key = await PassReferredAsync();

        await Region.DeleteAsync(key, reason);

        Assert.Equal(reason, (await PassAsync()).Changes().Single(change => change.Removal is not null).Removal.Reason);
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task What_may_be_passed_on_no_longer_is_taken_back_and_comes_again_once_it_may()
    {
        var key = await PassReferredAsync();
        var stricter = SampleAgreements.Prefecture(version: 2);
        stricter.Flows[0].MayPassOnTo.Clear();

        Hold(stricter);
        var taken = (await PassOnAsync()).Changes();

        Assert.Equal(2, taken.Count);
        Assert.All(taken, change => Assert.Equal(RemovalReason.LeftScope, change.Removal.Reason));
        Assert.Null(await City.FindAsync(key));
        Hold(SampleAgreements.Prefecture(version: 3));
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task An_ended_agreement_with_the_prefecture_takes_back_what_was_passed_on()
    {
        var key = await PassReferredAsync();
        var ended = SampleAgreements.Prefecture();
        ended.ValidToDate = new Google.Type.Date { Year = 2026, Month = 2, Day = 1 };

        Hold(ended);
        await PassOnAsync();

        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_voided_referral_ends_the_citys_sight_by_way_of_the_hub()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = Region.Referral(key, City.Id);
        var referred = await Region.PutAsync(referral, FlowNode.Duty);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));

        var mistake = referral.Clone();
        mistake.Type = PlacementEventType.RecordedInError;
        mistake.VoidedEventId = referred.Id.ToString();
        await Region.PutAsync(mistake, FlowNode.Duty);
        await PassAsync();

        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task Nothing_flows_back_to_its_home_nor_in_circles()
    {
        await PassReferredAsync();
        await City.PutAsync(People.Vacancy(1));
        await FlowPass.RunAsync(City, Hub, Onward);

        // Even if every flow named everybody.
        Onward.Flows[1].PassesOnFrom.Add(Region.Id);
        Upward.Flows[0].MayPassOnTo.Add(Hub.Id);
        var back = (await FlowPass.RunAsync(City, Hub, Onward)).Changes();
        Upward.Flows[1].PassesOnFrom.Add(Region.Id);
        var home = (await FlowPass.RunAsync(Hub, Region, Upward)).Changes();

        Assert.Empty(back);
        Assert.All(home, change => Assert.Equal(City.Id, change.Record.HomeNode));
    }

    [Fact]
    public async Task What_came_from_another_than_its_home_is_passed_on_to_nobody()
    {
        await PassReferredAsync();
        var next = await FlowNode.OpenAsync("shanghai", Time);
        await using var opened = next;
        var further = Onward.Clone();
        (further.Id, further.Parties[0].Node, further.Parties[1].Node) = ("dongguan-shanghai", City.Id, next.Id);
        (further.Flows[0].FromNode, further.Flows[0].ToNode) = (City.Id, next.Id);
        further.Flows[0].Kinds.Single(rule => rule.Kind == "worker").Gate = Gate.All;
        further.Flows.RemoveAt(1);
        var direct = SampleAgreements.City();
        direct.Flows[0].MayPassOnTo.Add(next.Id);
        City.Others.Add(direct);

        var batches = await FlowPass.RunAsync(City, next, further);

        Assert.Empty(batches.Changes());
    }

    [Fact]
    public async Task A_citys_vacancy_and_its_word_on_a_placement_reach_the_prefecture_by_way_of_the_hub()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        var worker = await PassReferredAsync();
        var started = City.Referral(worker, City.Id);
        (started.SendingNode, started.Type) = (Region.Id, PlacementEventType.Started);
        var confirmed = await City.PutAsync(started, FlowNode.Duty);

        await FlowPass.RunAsync(City, Hub, Onward);
        await FlowPass.RunAsync(Hub, Region, Upward);

        Assert.Equal(People.Vacancy(1).Title, (await Region.FindAsync<Vacancy>(vacancy))!.Title);
        Assert.Equal(City.Id, (await Region.FindAsync(confirmed))!.HomeNode);
        Assert.Equal(PlacementEventType.Started, (await Region.FindAsync<PlacementEvent>(confirmed))!.Type);
    }

    [Fact]
    public async Task A_difference_in_what_was_passed_on_is_found_and_repaired()
    {
        var key = await PassReferredAsync();
        var stored = (await City.Store.GetAsync(key, default))!;
        await City.Store.CommitAsync(
            new Commit
            {
                Puts =
                [
                    new RecordPut
                    {
                        Key = key,
                        Version = stored.Version,
                        Revision = stored.Revision,
                        Envelope = stored.Envelope,
                        Payload = City.DataKeys.Seal(key.Id, key, new Worker { Name = "李**" }.ToByteArray()),
                        Keys = stored.Keys,
                    },
                ],
            },
            default);

        await RepairPass.RunAsync(Hub, City, Onward);

        Assert.Equal("王***", (await City.FindAsync<Worker>(key))!.Name);
    }

    private async Task ReferAsync() =>
        await Region.ReferAsync(await Region.PutAsync(People.Worker(1), FlowNode.Duty), City.Id);

    private async Task FillAsync()
    {
        for (var number = 2; number < 7; number++)
        {
            await Region.ReferAsync(await Region.PutAsync(People.Worker(number), FlowNode.Duty), City.Id);
        }
    }

    private static LegalBasis Consented(ulong city) => Consents(
        Consent(city, SampleAgreements.Town, "placement"), Consent(1, SampleAgreements.Hub, "register"));

    private static LegalBasis Withdrawn(ulong version)
    {
        var withdrawn = Consent(version, SampleAgreements.Town, "placement");
        withdrawn.Withdrawn = true;
        return Consents(withdrawn);
    }

    private static LegalBasis Consents(params Consent[] consents) =>
        new() { Kind = LegalBasisKind.Consent, Consents = { consents } };

    private static Consent Consent(ulong version, string recipient, string purpose) =>
        new() { Version = version, RecipientNode = recipient, Purpose = purpose, TextVersion = "2026-1" };
}
