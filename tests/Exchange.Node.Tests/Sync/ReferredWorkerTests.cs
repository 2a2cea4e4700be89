using System.Text;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>A worker crosses to a city only when a referral names that city, and only as far as agreed.</summary>
public sealed class ReferredWorkerTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly Agreement _agreement = SampleAgreements.City();
    private FlowNode _region = null!;
    private FlowNode _city = null!;

    public async Task InitializeAsync()
    {
        _region = await FlowNode.OpenAsync(SampleAgreements.Region, _time);
        _city = await FlowNode.OpenAsync(SampleAgreements.Town, _time);
    }

    public async Task DisposeAsync()
    {
        await _region.DisposeAsync();
        await _city.DisposeAsync();
    }

    [Fact]
    public async Task Only_referred_workers_cross_and_the_others_are_counted()
    {
        var referred = await _region.PutAsync(People.Worker(1), FlowNode.Duty);
        var other = await _region.PutAsync(People.Worker(2), FlowNode.Duty);
        await _region.ReferAsync(referred, _city.Id);

        await PassAsync();

        Assert.NotNull(await _city.FindAsync(referred));
        Assert.Null(await _city.FindAsync(other));
        var status = await _region.Flows(_agreement).StatusAsync(_city.Id, default);
        Assert.Equal((2ul, 1ul), (status.Disclosed, status.Withheld));
    }

    [Fact]
    public async Task What_crosses_is_masked_and_holds_nothing_that_is_not_listed()
    {
        var worker = People.Worker(1);
        var key = await _region.PutAsync(
            worker, FlowNode.Duty, external: new ExternalKey { Source = "ledger", SourceId = "镇雄-17" });
        await _region.ReferAsync(key, _city.Id);

        var batches = await PassAsync();

        var wire = Encoding.UTF8.GetString(batches.SelectMany(batch => batch.ToByteArray()).ToArray());
        string[] secrets =
        [
            worker.IdNumber, worker.Name, worker.Phone, worker.Remark, worker.RegisteredPlace.Words,
            worker.RegisteredPlace.DivisionCode, "初中", "家里的情况", "镇雄-17",
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, wire, StringComparison.Ordinal));
        var held = await _city.FindAsync<Worker>(key);
        Assert.Equal(
            ("王***", "138******01", Sex.Male, 1990, 0),
            (held!.Name, held.Phone, held.Sex, held.BirthDate.Year, held.BirthDate.Day));
        Assert.Equal(SchoolingBand.Junior, held.Schooling.Band);
        Assert.Empty(held.CardStatusHistory);
        Assert.Null(held.Disability);
    }

    [Fact]
    public async Task Nothing_of_it_stands_readable_in_either_register()
    {
        var worker = People.Worker(1);
        await _region.ReferAsync(await _region.PutAsync(worker, FlowNode.Duty), _city.Id);
        await PassAsync();

        var register = await _region.Store.ReadEntriesAsync(
            DisclosureRegister.Collection(_city.Id), default, default, 100, default);

        Assert.Equal(2, register.Count);
        var text = string.Concat(register.Select(entry => Encoding.UTF8.GetString(entry.Value.Span)));
        Assert.DoesNotContain("王", text, StringComparison.Ordinal);
        Assert.Contains("city:1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_referral_brings_a_worker_that_the_cursor_has_passed_long_ago()
    {
        var key = await _region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();
        Assert.Null(await _city.FindAsync(key));

        await _region.ReferAsync(key, _city.Id);
        var batches = await PassAsync();

        Assert.NotNull(await _city.FindAsync(key));
        Assert.Equal(batches[0].From, batches[0].To);
        Assert.Equal(2, batches.Changes().Count);
    }

    [Fact]
    public async Task A_second_event_of_a_worker_who_was_sent_sends_nothing_but_the_event()
    {
        var key = await _region.PutAsync(People.Worker(1), FlowNode.Duty);
        await _region.ReferAsync(key, _city.Id);
        await PassAsync();

        await _region.ReferAsync(key, _city.Id);
        var changes = (await PassAsync()).Changes();

        Assert.Equal("placement_event", Assert.Single(changes).Record.Kind);
        Assert.Empty(await _region.Store.ReadEntriesAsync(
            ReprojectionQueue.Collection(_city.Id), default, default, 10, default));
    }

    [Fact]
    public async Task A_city_brings_nobody_into_its_own_sight_by_naming_them()
    {
        var key = await _region.PutAsync(People.Worker(1), FlowNode.Duty);
        await _city.PutAsync(
            new PlacementEvent
            {
                PlacementId = Guid.CreateVersion7().ToString(),
                WorkerId = key.Id.ToString(),
                VacancyId = Guid.CreateVersion7().ToString(),
                SendingNode = _region.Id,
                ReceivingNode = _city.Id,
                Type = PlacementEventType.Arrived,
                HappenedDate = new Google.Type.Date { Year = 2026, Month = 3, Day = 1 },
            },
            FlowNode.Duty);

        await FlowPass.RunAsync(_city, _region, _agreement);
        await PassAsync();

        Assert.Null(await _city.FindAsync(key));
    }

    [Fact]
    public async Task A_change_of_a_referred_worker_follows_and_a_deletion_takes_it_back()
    {
        var key = await _region.PutAsync(People.Worker(1), FlowNode.Duty);
        await _region.ReferAsync(key, _city.Id);
        await PassAsync();

        var changed = People.Worker(1);
        changed.Phone = "13987654321";
        await _region.PutAsync(changed, id: key.Id);
        await PassAsync();
        Assert.Equal("139******21", (await _city.FindAsync<Worker>(key))!.Phone);

        await _region.DeleteAsync(key);
        var removal = Assert.Single((await PassAsync()).Changes()).Removal;

        Assert.Equal(RemovalReason.Deleted, removal.Reason);
        Assert.Null(await _city.FindAsync(key));
    }

    [Fact]
    public async Task Deleting_a_worker_who_was_never_sent_says_nothing_to_the_city()
    {
        var key = await _region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();

        await _region.DeleteAsync(key);

        Assert.Empty((await PassAsync()).Changes());
    }

    private Task<List<SyncBatch>> PassAsync() => FlowPass.RunAsync(_region, _city, _agreement);
}
