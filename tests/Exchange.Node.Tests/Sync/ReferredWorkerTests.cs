using System.Text;
using Exchange.Node.Sync;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A worker crosses to a city only when a referral names that city, and only as far as agreed.</summary>
public sealed class ReferredWorkerTests : FlowTests
{
    [Fact]
    public async Task Only_referred_workers_cross_and_the_others_are_counted()
    {
        var referred = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var other = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        await Region.ReferAsync(referred, City.Id);

        await PassAsync();

        Assert.NotNull(await City.FindAsync(referred));
        Assert.Null(await City.FindAsync(other));
        var status = await Region.Flows(Agreement).StatusAsync(City.Id, default);
        Assert.Equal((2ul, 1ul), (status.Disclosed, status.Withheld));
    }

    [Fact]
    public async Task What_crosses_is_masked_and_holds_nothing_that_is_not_listed()
    {
        var worker = People.Worker(1);
        var key = await Region.PutAsync(
            worker, FlowNode.Duty, external: new ExternalKey { Source = "ledger", SourceId = "镇雄-17" });
        await Region.ReferAsync(key, City.Id);

        var batches = await PassAsync();

        var wire = Encoding.UTF8.GetString(batches.SelectMany(batch => batch.ToByteArray()).ToArray());
        string[] secrets =
        [
            worker.IdNumber, worker.Name, worker.Phone, worker.Remark, worker.RegisteredPlace.Words,
            worker.RegisteredPlace.DivisionCode, "初中", "家里的情况", "镇雄-17",
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, wire, StringComparison.Ordinal));
        var held = await City.FindAsync<Worker>(key);
        Assert.Equal(
            ("王***", "138******01", Sex.Male, 1990, 0),
            (held!.Name, held.Phone, held.Sex, held.BirthDate.Year, held.BirthDate.Day));
        Assert.Equal(SchoolingBand.Junior, held.Schooling.Band);
        Assert.Equal(new Place { DivisionCode = "530627" }, held.RegisteredPlace);
        Assert.Empty(held.CardStatusHistory);
        Assert.Null(held.Disability);
    }

    [Fact]
    public async Task Nothing_of_it_stands_readable_in_either_register()
    {
        var worker = People.Worker(1);
        await Region.ReferAsync(await Region.PutAsync(worker, FlowNode.Duty), City.Id);
        await PassAsync();

        var register = await Region.Store.ReadEntriesAsync(
            DisclosureRegister.Collection(City.Id), default, default, 100, default);

        Assert.Equal(2, register.Count);
        var text = string.Concat(register.Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));
        Assert.DoesNotContain("王", text, StringComparison.Ordinal);
        Assert.Contains("city:1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_referral_brings_a_worker_that_the_cursor_has_passed_long_ago()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));

        await Region.ReferAsync(key, City.Id);
        var batches = await PassAsync();

        Assert.NotNull(await City.FindAsync(key));
        Assert.Equal(batches[0].From, batches[0].To);
        Assert.Equal(2, batches.Changes().Count);
    }

    [Fact]
    public async Task A_referral_is_confirmed_although_its_page_took_an_empty_one_along()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var source = Region.Flows(Agreement).Source(City.Id);
        var sink = City.Flows(Agreement).Sink(Region.Id);
        var empty = await source.ReadAsync(FeedCursors.Within(Region.Store.Epoch.ToString(), null), default);
        Assert.Empty(empty.Changes);

        await Region.ReferAsync(key, City.Id);
        var page = await source.ReadAsync(empty.To, default) with { From = empty.From };
        await source.ConfirmAsync(page, await sink.ApplyAsync(FlowPass.ToBatch(page), default), default);

        var rows = await DisclosureRegister.FindAsync(Region.Store, City.Id, [RecordKeyBytes.Of(key)], default);
        Assert.True(rows[0]!.Delivery.IsAcknowledged);
    }

    [Fact]
    public async Task A_second_event_of_a_worker_who_was_sent_sends_nothing_but_the_event()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();

        await Region.ReferAsync(key, City.Id);
        var changes = (await PassAsync()).Changes();

        Assert.Equal("placement_event", Assert.Single(changes).Record.Kind);
        Assert.Empty(await Region.Store.ReadEntriesAsync(
            ReprojectionQueue.Collection(City.Id), default, default, 10, default));
    }

    [Fact]
    public async Task ACity_brings_nobody_into_its_own_sight_by_naming_them()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await City.PutAsync(
            new PlacementEvent
            {
                PlacementId = Guid.CreateVersion7().ToString(),
                WorkerId = key.Id.ToString(),
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = Region.Id,
                ReceivingNode = City.Id,
                Type = PlacementEventType.Arrived,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
            },
            FlowNode.Duty);

        await FlowPass.RunAsync(City, Region, Agreement);
        await PassAsync();

        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_change_of_a_referred_worker_follows_and_a_deletion_takes_it_back()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();

        var changed = People.Worker(1);
        changed.Phone = "13987654321";
        await Region.PutAsync(changed, id: key.Id);
        await PassAsync();
        Assert.Equal("139******21", (await City.FindAsync<Worker>(key))!.Phone);

        await Region.DeleteAsync(key);
        var removal = (await PassAsync()).Changes().Single(change => change.Removal is not null).Removal;

        Assert.Equal(RemovalReason.Deleted, removal.Reason);
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task Deleting_a_worker_who_was_never_sent_says_nothing_to_theCity()
    {
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();

        await Region.DeleteAsync(key);

        Assert.Empty((await PassAsync()).Changes());
    }
}
