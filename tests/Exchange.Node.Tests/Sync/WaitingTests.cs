using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>A record may come before one that it names: it is stored, told to both sides, and settled when that comes.</summary>
public sealed class WaitingTests : FlowTests
{
    private static readonly Guid Employer = Guid.CreateVersion7();
    private static readonly Guid One = Guid.CreateVersion7();
    private static readonly Guid Two = Guid.CreateVersion7();

    private ISyncSink Sink => Region.Flows(Agreement).Sink(City.Id);

    [Fact]
    public async Task A_vacancy_before_its_employer_is_stored_listed_and_counted()
    {
        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, Vacancy(One).Change()), default);

        var waiting = Assert.Single(ack.Waiting);
        var missing = Assert.Single(waiting.Missing);
        Assert.Equal(("vacancy", One.ToString()), (waiting.Kind, waiting.Id));
        Assert.Equal(("employer", Employer.ToString()), (missing.Kind, missing.Id));
        Assert.Empty(ack.Quarantined);
        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
        Assert.Equal(1ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Waiting);
    }

    [Fact]
    public async Task The_commit_that_brings_the_employer_settles_all_that_wait_for_it()
    {
        var sink = Sink;
        await sink.ApplyAsync(Incoming.Batch(0, 2, Vacancy(One).Change(), Vacancy(Two).Change()), default);

        var ack = await sink.ApplyAsync(Incoming.Batch(2, 3, EmployerRecord().Change()), default);

        Assert.Equal(
            new[] { One.ToString(), Two.ToString() }.Order(), ack.Settled.Select(settled => settled.Id).Order());
        Assert.Empty(ack.Waiting);
        Assert.Empty(await EntriesAsync());
        Assert.Equal(0ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Waiting);
    }

    [Fact]
    public async Task An_employer_in_the_same_batch_is_never_waited_for()
    {
        var ack = await Sink.ApplyAsync(
            Incoming.Batch(0, 2, Vacancy(One).Change(), EmployerRecord().Change()), default);

        Assert.Empty(ack.Waiting);
        Assert.Empty(await EntriesAsync());
    }

    [Fact]
    public async Task What_the_agreement_never_lets_come_isnt_waited_for()
    {
        var placed = new PlacementEvent
        {
            PlacementId = Guid.CreateVersion7().ToString(),
            WorkerId = Guid.CreateVersion7().ToString(),
            VacancyId = One.ToString(),
            SendingNode = Region.Id,
            ReceivingNode = City.Id,
            Type = PlacementEventType.Interviewed,
        };
        var ack = await Sink.ApplyAsync(
            Incoming.Batch(0, 1, Incoming.Record("placement_event", Two, Time.GetUtcNow(), Any.Pack(placed)).Change()),
            default);

        Assert.Equal(["vacancy"], Assert.Single(ack.Waiting).Missing.Select(missing => missing.Kind));
    }

    [Fact]
    public async Task A_newer_version_without_the_reference_waits_no_longer_and_neither_does_one_that_was_taken_back()
    {
        var sink = Sink;
        await sink.ApplyAsync(Incoming.Batch(0, 2, Vacancy(One).Change(), Vacancy(Two).Change()), default);
        var later = Time.GetUtcNow().AddMinutes(1);

        var ack = await sink.ApplyAsync(
            Incoming.Batch(2, 4, Incoming.Vacancy(One, later).Change(), Incoming.Removal(Two, later).Change()), default);

        Assert.Equal(2, ack.Settled.Count);
        Assert.Equal(0ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Waiting);
    }

    [Fact]
    public async Task A_repeated_batch_lists_the_same_again_and_counts_it_once()
    {
        var batch = Incoming.Batch(0, 1, Vacancy(One).Change());
        var sink = Sink;
        var first = await sink.ApplyAsync(batch, default);

        var again = await sink.ApplyAsync(batch, default);

        Assert.Equal(first.Waiting, again.Waiting);
        Assert.Equal(1ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Waiting);
    }

    [Fact]
    public async Task A_session_settles_at_its_start_what_came_by_another_way()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Vacancy(One).Change()), default);
        var employer = EmployerRecord();
        await Region.StoreAsync(new RecordKey("employer", Employer), employer);

        var sink = Sink;
        await sink.RetryQuarantineAsync(default);

        Assert.Equal(new SyncAck { ListsAll = true }, await sink.ListAsync(default));
        Assert.Equal(0ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Waiting);
    }

    [Fact]
    public async Task A_session_looks_at_a_page_of_what_waits_and_the_next_one_goes_on_behind_it()
    {
        var vacancies = Enumerable.Range(1, 2_100)
            .Select(number => Vacancy(Guid.Parse($"019aa2b4-0000-7000-8000-{number:x12}")).Change());
        await Sink.ApplyAsync(Incoming.Batch(0, 1, [.. vacancies]), default);
        await Sink.RetryQuarantineAsync(default);
        await Region.StoreAsync(new RecordKey("employer", Employer), EmployerRecord());

        var left = new List<ulong>();
        for (var session = 0; session < 4; session++)
        {
            await Sink.RetryQuarantineAsync(default);
            left.Add((await Region.Flows(Agreement).StatusAsync(City.Id, default)).Waiting);
        }

        Assert.Equal([1_100, 100, 0, 0], left);
    }

    [Fact]
    public async Task Under_new_terms_a_session_looks_at_everything_that_waits()
    {
        var vacancies = Enumerable.Range(1, 2_100)
            .Select(number => Vacancy(Guid.Parse($"019aa2b4-0000-7000-8000-{number:x12}")).Change());
        await Sink.ApplyAsync(Incoming.Batch(0, 1, [.. vacancies]), default);
        await Sink.RetryQuarantineAsync(default);
        var next = Agreement.Clone();
        next.Version++;
        next.Flows.Single(flow => flow.FromNode == City.Id).Kinds
            .Remove(next.Flows.Single(flow => flow.FromNode == City.Id).Kinds.Single(kind => kind.Kind == "employer"));

        await Region.Flows(next).Sink(City.Id).RetryQuarantineAsync(default);

        Assert.Equal(0ul, (await Region.Flows(next).StatusAsync(City.Id, default)).Waiting);
    }

    [Fact]
    public async Task Kinds_that_name_nothing_leave_no_trace()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Incoming.Vacancy(One, Time.GetUtcNow()).Change()), default);

        Assert.Empty(await EntriesAsync());
    }

    [Fact]
    public async Task The_giver_keeps_what_the_acks_listed_until_a_later_one_settles_it()
    {
        var employer = await City.PutAsync(new Employer { Name = "东莞市某某鞋业有限公司" });
        var vacancy = People.Vacancy(1);
        vacancy.EmployerId = Guid.CreateVersion7().ToString();
        var key = await City.PutAsync(vacancy);
        await PassBackAsync();

        var told = Assert.Single(await ListedAsync());
        Assert.Equal(
            (QuarantineSide.Theirs, QuarantineStatus.Waiting, key.Id.ToString(), vacancy.EmployerId),
            (told.Side, told.Status, told.Id, told.Missing[0].Id));

        vacancy.EmployerId = employer.Id.ToString();
        await City.PutAsync(vacancy, id: key.Id);
        await PassBackAsync();
        Assert.Empty(await ListedAsync());
    }

    [Fact]
    public async Task A_whole_list_clears_what_the_giver_was_told_and_never_heard_the_end_of()
    {
        var vacancy = People.Vacancy(1);
        vacancy.EmployerId = Guid.CreateVersion7().ToString();
        await City.PutAsync(vacancy);
        await PassBackAsync();
        var source = City.Flows(Agreement).Source(Region.Id);
        var nothing = new OutgoingPage(new FeedCursor(), new FeedCursor(), [], AtHead: false, []);

        await source.ConfirmAsync(nothing, new SyncAck(), default);
        Assert.Single(await ListedAsync());

        await source.ConfirmAsync(nothing, new SyncAck { ListsAll = true }, default);
        Assert.Empty(await ListedAsync());
    }

    [Fact]
    public async Task A_damaged_row_is_made_good_by_the_entries_that_say_who_waits()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Vacancy(One).Change()), default);
        var row = WaitingRow.Waiter(new RecordKey("vacancy", One));
        var damage = new EntryWrite(WaitingRow.Collection(City.Id), row, new byte[] { 1, 0xFF });
        await Region.Store.CommitAsync(new Commit { Entries = [damage] }, default);
        Assert.Empty(Assert.Single((await Sink.ListAsync(default)).Waiting).Missing);

        await Sink.RetryQuarantineAsync(default);

        var missing = Assert.Single(Assert.Single((await Sink.ListAsync(default)).Waiting).Missing);
        Assert.Equal(("employer", Employer.ToString()), (missing.Kind, missing.Id));
        await Sink.ApplyAsync(Incoming.Batch(1, 2, EmployerRecord().Change()), default);
        Assert.Empty(await EntriesAsync());
    }

    private static async Task<List<QuarantineItem>> ReadAsync(FlowNode node, string peer) =>
        (await new QuarantineLists(node.Store).ReadAsync([peer], QuarantineSide.Unspecified, 100, null, default)).Items;

    private Task<List<QuarantineItem>> ListedAsync() => ReadAsync(City, Region.Id);

    private Task<IReadOnlyList<Entry>> EntriesAsync() => Region.Store.ReadEntriesAsync(
        WaitingRow.Collection(City.Id), default, default, 100, default);

    private Record Vacancy(Guid id)
    {
        var vacancy = People.Vacancy(1);
        vacancy.EmployerId = Employer.ToString();
        return Incoming.Record("vacancy", id, Time.GetUtcNow(), Any.Pack(vacancy));
    }

    private Record EmployerRecord() => Incoming.Record(
        "employer", Employer, Time.GetUtcNow(), Any.Pack(new Employer { Name = "东莞市某某鞋业有限公司" }));
}
