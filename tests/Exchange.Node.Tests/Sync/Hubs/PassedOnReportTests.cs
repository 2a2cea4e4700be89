using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync.Hubs;

/// <summary>A hub tells the home to whom it passed records on, and the home's erasures wait for them too.</summary>
public sealed class PassedOnReportTests : HubFlowTests
{
    [Fact]
    public async Task The_home_learns_in_the_next_session_who_was_passed_what_and_that_it_was_confirmed()
    {
        var key = await ReferAsync();

        await SyncUpwardAsync();
        Assert.Empty(await ToldAsync(key));
        await SyncOnwardAsync();
        await SyncUpwardAsync();

        var told = Assert.Single(await ToldAsync(key));
        Assert.Equal(
            (City.Id, "yunnan-dongguan", "city:1", false, true),
            (told.Node, told.AgreementId, told.Projection, told.Withdrawn, told.Confirmed));
        Assert.Equal((await City.FindAsync(key))!.Version, told.Version);
        Assert.Empty(await Hub.Store.ReadEntriesAsync(PassedOnReports.Marks(Region.Id), default, default, 10, default));
    }

    [Fact]
    public async Task What_was_sent_and_not_acknowledged_is_told_as_such_and_later_as_confirmed()
    {
        var key = await ReferAsync();
        await SyncUpwardAsync();
        await Hub.Flows(Onward).Source(City.Id).ReadAsync(new FeedCursor(), default);

        await SyncUpwardAsync();
        Assert.False(Assert.Single(await ToldAsync(key)).Confirmed);
        await SyncOnwardAsync();
        await SyncUpwardAsync();

        Assert.True(Assert.Single(await ToldAsync(key)).Confirmed);
    }

    [Fact]
    public async Task An_erasure_is_complete_once_the_hub_and_the_city_have_confirmed()
    {
        var key = await ReferAsync();
        await SyncUpwardAsync();
        await SyncOnwardAsync();
        await SyncUpwardAsync();
        await EraseAsync(key);

        await SyncUpwardAsync();
        var first = await Region.Erasures.GetAsync(key.Id, default);
        await SyncOnwardAsync();
        var second = await Region.Erasures.GetAsync(key.Id, default);
        await SyncUpwardAsync();
        var third = await Region.Erasures.GetAsync(key.Id, default);

        Assert.Equal((false, (2u, 2u, 2u), (2u, 0u, 0u)), (first.Complete, At(first, ""), At(first, Hub.Id)));
        Assert.False(second.Complete);
        Assert.Equal((true, (2u, 2u, 2u)), (third.Complete, At(third, Hub.Id)));
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task The_acknowledgement_of_an_erasure_itself_names_those_to_whom_the_hub_had_passed_on()
    {
        var key = await PassReferredAsync();
        await EraseAsync(key);
        Assert.Empty(await ToldAsync(key));

        await GiveUpwardAsync();

        var erasure = await Region.Erasures.GetAsync(key.Id, default);
        Assert.Equal((false, (2u, 0u, 0u)), (erasure.Complete, At(erasure, Hub.Id)));
    }

    [Fact]
    public async Task A_lost_answer_of_the_city_is_made_good_by_its_next_cursor()
    {
        var key = await ReferAsync();
        await SyncUpwardAsync();
        var source = Hub.Flows(Onward).Source(City.Id);
        var page = await source.ReadAsync(new FeedCursor(), default);
        for (; page.From.Equals(page.To); page = await source.ReadAsync(page.To, default))
        {
            var ack = await City.Flows(Onward).Sink(Hub.Id).ApplyAsync(FlowPass.ToBatch(page), default);
            await source.ConfirmAsync(page, ack, default);
        }

        await City.Flows(Onward).Sink(Hub.Id).ApplyAsync(FlowPass.ToBatch(page), default);
        await SyncOnwardAsync();
        await SyncUpwardAsync();

        Assert.All(await ToldAsync(key), told => Assert.True(told.Confirmed));
    }

    [Fact]
    public async Task A_report_that_was_not_answered_is_told_again()
    {
        var key = await ReferAsync();
        await SyncUpwardAsync();
        await SyncOnwardAsync();

        await FlowSession.TryAsync(Region, Hub, Upward, Time, maxFrames: 1);
        await SyncUpwardAsync();

        Assert.Single(await ToldAsync(key));
    }

    [Fact]
    public async Task Nothing_is_believed_of_records_that_the_hub_was_not_given_nor_what_is_malformed()
    {
        var given = await ReferAsync();
        await SyncUpwardAsync();
        var kept = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        PassedOn[] items =
        [
            Item(kept, City.Id),
            Item(given, Region.Id),
            Item(given, Hub.Id),
            Item(given, "Not A Node"),
            new PassedOn { Kind = "worker", Id = "17", Node = City.Id },
            new PassedOn { Kind = given.Kind, Id = given.Id.ToString(), Node = City.Id },
        ];

        await new PassedOnReports(Region.Store, Region.Id, Hub.Id, Time)
            .StoreAsync(new SyncPassedOn { Number = 1, Items = { items } }, default);

        Assert.Empty(await Region.Store.ReadEntriesAsync(
            PassedOnReports.Collection(Hub.Id), default, default, 10, default));
    }

    [Fact]
    public async Task Somebody_passed_on_anew_while_a_report_is_on_its_way_is_told_again()
    {
        var key = await ReferAsync();
        await SyncUpwardAsync();
        await SyncOnwardAsync();
        var reports = new PassedOnReports(Hub.Store, Hub.Id, Region.Id, Time);
        var first = (await reports.ReadAsync(fromStart: true, default))!;

        var changed = People.Worker(1);
        changed.Name = "李小红";
        await Region.PutAsync(changed, id: key.Id);
        await GiveUpwardAsync();
        await Hub.Flows(Onward).Source(City.Id).ReadAsync(
            await City.Flows(Onward).Sink(Hub.Id).AppliedAsync(default), default);
        await reports.StoredAsync(first.Number, default);

        var again = (await reports.ReadAsync(fromStart: true, default))!;
        Assert.Contains(again.Items, item => item.Id == key.Id.ToString() && !item.Confirmed);
    }

    private static (uint Asked, uint Sent, uint Acknowledged) At(Erasure erasure, string passedOnBy)
    {
        var at = erasure.Partners.Single(partner => partner.PassedOnBy == passedOnBy);
        return (at.AskedCount, at.SentCount, at.AcknowledgedCount);
    }

    private static PassedOn Item(RecordKey key, string node) => new()
    {
        Kind = key.Kind,
        Id = key.Id.ToString(),
        Node = node,
        Version = new V1.RecordVersion { Clock = 1, Node = "zhaotong" },
        SentTime = new Timestamp(),
    };

    private async Task<RecordKey> ReferAsync()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        return key;
    }

    private async Task EraseAsync(RecordKey key) => await Region.Erasure.EraseAsync(
        key.Id, "request", TimeSpan.FromDays(15), withHouseholds: false, default);

    private async Task SyncUpwardAsync() => await FlowSession.RunAsync(Region, Hub, Upward, Time);

    private async Task SyncOnwardAsync() => await FlowSession.RunAsync(Hub, City, Onward, Time);

    private Task<IReadOnlyList<PassedOn>> ToldAsync(RecordKey key) =>
        PassedOnReports.FindAsync(Region.Store, Hub.Id, [key], default);
}
