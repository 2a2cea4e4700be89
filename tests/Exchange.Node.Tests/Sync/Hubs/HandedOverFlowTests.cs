using System.Text;
using Exchange.Node.Agreements;
using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>
/// Around a hub a home is succeeded by another, or the hub itself is: what the city holds comes from the new one, and
/// what that takes back is taken back at the city.
/// </summary>
public sealed class HandedOverFlowTests : HubFlowTests
{
    private static readonly Date Today = new() { Year = 2026, Month = 3, Day = 2 };

    private static readonly Date Tomorrow = new() { Year = 2026, Month = 3, Day = 3 };

    private readonly RecordKinds _kinds = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_new_home_took_over_stays_at_the_city_and_its_erasure_reaches_there(bool isOldOneFirst)
    {
        var key = await PassReferredAsync();
        await using var heir = await FlowNode.OpenAsync("bijie", Time);
        var toHeir = Between(Region.Id, heir.Id, AgreementProfiles.ToProvince(Region.Id, heir.Id, _kinds));
        await FlowPass.RunAsync(Region, heir, toHeir);
        var upward = UpwardOf(heir.Id, Hub.Id, Region.Id, Upward.Id);
        Hub.Others.Add(upward);
        var (ending, onward) = (SampleAgreements.Prefecture(version: 2), SampleAgreements.HubCity(version: 2));
        ending.ValidToDate = Today;
        onward.Flows[0].PassesOnFrom.Add(heir.Id);
        Hold(ending);
        Hold(onward);
        Time.SetUtcNow(Time.GetUtcNow().AddDays(1));

        await TakeOverAsync(heir, upward);
        Func<Task>[] gives =
        [
            () => FlowPass.RunAsync(Region, Region.Flows(ending).Source(Hub.Id), Hub.Flows(ending).Sink(Region.Id)),
            () => FlowPass.RunAsync(heir, Hub, upward),
        ];
        foreach (var give in isOldOneFirst ? gives : gives.Reverse())
        {
            await give();
            await PassOnAsync();
        }

        Assert.Equal(heir.Id, (await City.FindAsync(key))!.HomeNode);
        await heir.Erasure.EraseAsync(key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        await FlowPass.RunAsync(heir, Hub, upward);
        await PassOnAsync();
        Assert.Null(await Hub.FindAsync(key));
        Assert.Null(await City.FindAsync(key));
        Assert.True(await IsFencedAsync(Hub.Id, key));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_new_hub_passes_on_takes_the_place_of_what_the_old_one_did(bool isOldOneFirst)
    {
        var key = await PassReferredAsync();
        await using var heir = await FlowNode.OpenAsync("bijie", Time);
        var upward = UpwardOf(Region.Id, heir.Id, Hub.Id, Upward.Id);
        var there = AgreementProfiles.ToCity(heir.Id, City.Id, _kinds);
        there.PassesOnFrom.Add(Region.Id);
        var onward = Between(heir.Id, City.Id, there);
        onward.Successions.Add(new AgreementSuccession { ByNode = heir.Id, Node = Hub.Id, AgreementId = Onward.Id });
        heir.Others.AddRange([upward, onward]);
        City.Others.Add(onward);
        var (ending, ended) = (SampleAgreements.Prefecture(version: 2), SampleAgreements.HubCity(version: 2));
        (ending.ValidToDate, ended.ValidToDate) = (Today, Today);
        Hold(ending);
        Hold(ended);
        Time.SetUtcNow(Time.GetUtcNow().AddDays(1));

        Func<Task>[] gives =
        [
            () => PassOnAsync(),
            async () =>
            {
                await FlowPass.RunAsync(Region, heir, upward);
                await FlowPass.RunAsync(heir, City, onward);
            },
        ];
        foreach (var give in isOldOneFirst ? gives : gives.Reverse())
        {
            await give();
        }

        await FlowPass.RunAsync(heir, City, onward);
        Assert.Equal(
            heir.Id, Encoding.UTF8.GetString(StoredEnvelope.Giver((await City.Store.GetAsync(key, default))!)));
        Assert.Equal(Region.Id, (await City.FindAsync(key))!.HomeNode);
        await Region.Erasure.EraseAsync(key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);
        await FlowPass.RunAsync(Region, heir, upward);
        await FlowPass.RunAsync(heir, City, onward);
        Assert.Null(await City.FindAsync(key));
        Assert.True(await IsFencedAsync(heir.Id, key));
    }

    private async Task<bool> IsFencedAsync(string giver, RecordKey key) =>
        (await City.Store.GetEntriesAsync(Fences.Collection(giver), [RecordKeyBytes.Of(key)], default))[0] is { } fence
        && FenceRow.Read(fence.Span).IsForGood;

    // The whole register to a hub, which may pass it on to the city; one of the two takes somebody's place.
    private Agreement UpwardOf(string home, string hub, string predecessor, string ended)
    {
        var flow = AgreementProfiles.ToProvince(home, hub, _kinds);
        flow.MayPassOnTo.Add(City.Id);
        var agreement = Between(home, hub, flow);
        agreement.Successions.Add(new AgreementSuccession
        {
            ByNode = home == Region.Id ? hub : home,
            Node = predecessor,
            AgreementId = ended,
        });
        return agreement;
    }

    private static Agreement Between(string one, string other, AgreementFlow flow) => new()
    {
        Id = $"{one}-{other}",
        Version = 1,
        Parties = { new AgreementParty { Node = one, Name = one }, new AgreementParty { Node = other, Name = other } },
        Flows = { flow },
        ValidFromDate = flow.FromNode == SampleAgreements.Region && flow.MayPassOnTo.Count == 0 ? Today : Tomorrow,
    };

    private async Task TakeOverAsync(FlowNode heir, Agreement agreement)
    {
        var identity = new NodeIdentity(heir.Id, heir.Id, TestNode: true);
        var successions = new Successions(new SyncPeers([FlowNode.Peer(heir.Id, agreement)]), identity, Time);
        var taken = await new HomeTaker(heir.Store, heir.Codec, _kinds, heir.Keys, successions, Time).TakeAsync(
            Region.Id, default);
        Assert.Equal((2ul, 0ul), taken);
    }
}
