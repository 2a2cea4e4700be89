using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>
/// What a hub may give and a city believes, where one check alone stands in between.
/// </summary>
public sealed class HubGuardTests : HubFlowTests
{
    [Fact]
    public async Task Only_a_purpose_that_names_the_prefecture_passes_on_what_is_its()
    {
        var other = Onward.Flows[0].Clone();
        (other.Purpose, other.Profile) = ("statistics", "statistics");
        other.Kinds.Single(rule => rule.Kind == "worker").Gate = Gate.All;
        other.PassesOnFrom.Clear();
        Onward.Flows.Add(other);
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);

        Assert.Empty((await PassAsync()).Changes());

        Assert.NotNull(await Hub.FindAsync(key));
        other.PassesOnFrom.Add(Region.Id);
        await PassOnAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task On_the_last_day_of_the_agreement_with_the_prefecture_what_was_passed_on_is_taken_back()
    {
        var key = await PassReferredAsync();
        var ending = SampleAgreements.Prefecture(version: 2);
        ending.ValidToDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 2 };

        Hold(ending);
        await PassOnAsync();

        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task Before_the_first_day_of_the_agreement_with_the_prefecture_nothing_is_passed_on()
    {
        var key = await PassReferredAsync();
        var coming = SampleAgreements.Prefecture(version: 2);
        coming.ValidFromDate = new Google.Type.Date { Year = 2026, Month = 6, Day = 1 };

        Hold(coming);
        await PassOnAsync();

        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task What_is_damaged_at_the_hub_is_taken_back_onward_as_soon_as_its_home_takes_it_back()
    {
        var key = await PassReferredAsync();
        await StoredDamageTests.DamageEnvelopeAsync(Hub, key);
        await Region.DeleteAsync(key);

        await GiveUpwardAsync();

        var queued = await Hub.Store.ReadEntriesAsync(ReprojectionQueue.Collection(City.Id), default, default, 10, default);
        Assert.Contains(queued, entry => RecordKeyBytes.Read(entry.Key.Span) == key);
        Assert.Contains(queued, entry => RecordKeyBytes.Read(entry.Key.Span).Kind == "placement_event");
        await PassOnAsync();
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_hub_that_writes_in_the_name_of_the_prefecture_is_quarantined()
    {
        var forged = Incoming.Record(
            "worker", Guid.CreateVersion7(), Time.GetUtcNow(), Any.Pack(new Worker { Name = "假" }));
        (forged.HomeNode, forged.Version.Node) = (Region.Id, Hub.Id);

        var ack = await TakeFromHubAsync(forged.Change());

        Assert.Equal(ErrorReason.ChangeNotFromHome, Assert.Single(ack.Quarantined).Reason);
        Assert.Null(await City.FindAsync(new RecordKey("worker", Guid.Parse(forged.Id))));
    }

    [Fact]
    public async Task A_hub_that_gives_out_the_prefectures_record_as_its_own_is_quarantined_for_that()
    {
        var direct = SampleAgreements.City();
        City.Others.Add(direct);
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await FlowPass.RunAsync(Region, City, direct);
        var forged = Incoming.Record("worker", key.Id, Time.GetUtcNow(), Any.Pack(new Worker { Name = "假" }));
        forged.HomeNode = forged.Version.Node = Hub.Id;

        var ack = await TakeFromHubAsync(forged.Change());

        Assert.Equal(ErrorReason.ChangeNotFromHome, Assert.Single(ack.Quarantined).Reason);
        Assert.Equal("王***", (await City.FindAsync<Worker>(key))!.Name);
    }

    [Fact]
    public async Task A_withdrawal_that_the_home_told_isnt_undone_by_what_is_kept_aside_of_the_hub()
    {
        var direct = SampleAgreements.City();
        City.Others.Add(direct);
        var key = await Region.PutAsync(People.Worker(1), Consents(version: 1, withdrawn: false));
        await Region.ReferAsync(key, City.Id);
        await FlowPass.RunAsync(Region, City, direct);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));

        await Region.PutAsync(People.Worker(1), Consents(version: 2, withdrawn: true), key.Id);
        await FlowPass.RunAsync(Region, City, direct);
        await City.Flows(Onward).Sink(Hub.Id).RetryQuarantineAsync(default);

        Assert.Null(await City.FindAsync(key));
    }

    private Task<SyncAck> TakeFromHubAsync(params SyncChange[] changes) =>
        City.Flows(Onward).Sink(Hub.Id).ApplyAsync(Incoming.Batch(0, 1, changes), default);

    private static LegalBasis Consents(ulong version, bool withdrawn) => new()
    {
        Kind = LegalBasisKind.Consent,
        Consents =
        {
            new Consent
            {
                Version = version,
                RecipientNode = SampleAgreements.Town,
                Purpose = "placement",
                TextVersion = "2026-1",
                Withdrawn = withdrawn,
            },
            new Consent
            {
                Version = 1, RecipientNode = SampleAgreements.Hub, Purpose = "register", TextVersion = "2026-1",
            },
        },
    };
}
