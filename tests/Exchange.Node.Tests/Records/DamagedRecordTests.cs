using Exchange.Node.Access;
using Exchange.Node.Records;
using Exchange.Node.Tests.Sync;
using Exchange.Store;
using Exchange.V1;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>One record that was damaged in the store: what is asked of others goes on, and it can be made good.</summary>
public sealed class DamagedRecordTests : FlowTests
{
    [Fact]
    public async Task A_write_over_a_damaged_envelope_is_refused_by_name_and_others_are_written()
    {
        var damaged = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await StoredDamageTests.DamageEnvelopeAsync(Region, damaged);

        var byId = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Region.PutAsync(People.Worker(1), FlowNode.Duty, damaged.Id));
        var byNumber = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Region.PutAsync(People.Worker(1), FlowNode.Duty));
        var other = await Region.PutAsync(People.Worker(2), FlowNode.Duty);

        Assert.All([byId, byNumber], error => Assert.StartsWith(
            $"What this node's store holds of worker '{damaged.Id}' is damaged.", error.Message, StringComparison.Ordinal));
        Assert.NotNull(await Region.FindAsync(other));
    }

    [Fact]
    public async Task A_damaged_own_record_can_be_deleted_and_whoever_holds_it_is_told()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(person, City.Id);
        await PassAsync();
        await StoredDamageTests.DamageEnvelopeAsync(Region, person);

        await Region.DeleteAsync(person);
        await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        var first = (await PassAsync())[0];

        // Out of turn, ahead of the feed.
        Assert.Equal(first.From, first.To);
        Assert.Contains(first.Changes, change => change.Removal is { } removal && removal.Id == person.Id.ToString());
        Assert.Null(await City.FindAsync(person));
        Assert.Equal("", (await City.FindAsync<PlacementEvent>(referral))!.Note);
        var anew = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        Assert.NotEqual(person, anew);
    }

    [Fact]
    public async Task A_partners_damaged_record_can_be_deleted_by_nobody_here()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await StoredDamageTests.DamageEnvelopeAsync(Region, vacancy);

        await Assert.ThrowsAsync<InvalidOperationException>(() => Region.DeleteAsync(vacancy));

        Assert.False((await Region.Store.GetAsync(vacancy, default))!.IsTombstone);
    }

    [Fact]
    public async Task The_same_words_once_more_make_a_damaged_payload_good()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await StoredDamageTests.DamagePayloadAsync(Region, person);
        await Assert.ThrowsAsync<DamagedRecordException>(() => Region.FindAsync(person));

        await Region.PutAsync(People.Worker(1), FlowNode.Duty);

        Assert.Equal(People.Worker(1), await Region.FindAsync<Worker>(person));
        var whole = (await Region.Store.GetAsync(person, default))!.Version;
        await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        Assert.Equal(whole, (await Region.Store.GetAsync(person, default))!.Version);
    }

    [Fact]
    public async Task An_undo_leaves_a_damaged_record_alone_and_takes_all_others_back()
    {
        var import = new PutScope("cli", "import-1", default, Undoable: true);
        var changed = await City.PutAsync(People.Vacancy(1));
        await City.PutAsync(People.Vacancy(11), id: changed.Id, scope: import);
        var keys = new List<RecordKey>();
        for (var number = 2; number <= 4; number++)
        {
            keys.Add(await City.PutAsync(People.Vacancy(number), scope: import));
        }

        await StoredDamageTests.DamageEnvelopeAsync(City, keys[1]);
        var request = new UndoStreamRequest { Publisher = "cli", Stream = "import-1", ValidateOnly = true };

        var planned = await City.Undo.RunAsync(request, default);
        request.ValidateOnly = false;
        var done = await City.Undo.RunAsync(request, default);

        Assert.Equal(planned, done);
        Assert.Equal((2, 1, 1), (done.DeletedCount, done.RestoredCount, done.KeptCount));
        Assert.Equal(People.Vacancy(1), await City.FindAsync<Vacancy>(changed));
        Assert.Null(await City.FindAsync(keys[0]));
        Assert.False((await City.Store.GetAsync(keys[1], default))!.IsTombstone);
        Assert.Null(await City.FindAsync(keys[2]));
    }

    [Fact]
    public async Task Whoever_reaches_a_part_reaches_no_damaged_record_and_all_others()
    {
        var sound = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var damaged = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        var (eventOfSound, eventOfDamaged) =
            (await Region.ReferAsync(sound, City.Id), await Region.ReferAsync(damaged, City.Id));
        await StoredDamageTests.DamageEnvelopeAsync(Region, damaged);
        var bare = await Region.ReferAsync(sound, City.Id);
        await StoredDamageTests.DamagePayloadAsync(Region, bare);
        var records = new RecordReach(Region.Store, Region.Codec, new RecordKinds(), Region.Keys);
        var clerk = Reach.Of(new Credential { Name = "clerk", Roles = { Role.Desk }, DivisionCodes = { "53" } });

        var reads = new List<bool>();
        foreach (var key in new[] { sound, damaged, eventOfSound, eventOfDamaged, bare })
        {
            reads.Add(await records.ReadsAsync(clerk, key, default));
        }

        Assert.Equal([true, false, true, false, true], reads);
        var stored = (await Region.Store.GetAsync(damaged, default))!;
        Assert.False(await records.WritesAsync(clerk, stored, default));
        Assert.False(await records.ReachesPlaceAsync(clerk, stored, default));
        Assert.False(await records.ReadsPlacementAsync(
            clerk, new Placement { WorkerId = damaged.Id.ToString() }, default));
    }

    [Fact]
    public async Task A_damaged_event_makes_no_state_and_its_placement_and_all_others_are_shown()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(person, City.Id);
        var first = Assert.Single((await Region.Placements.ReadAsync(null, default)).Placements);
        var damaged = await Region.ReferAsync(person, City.Id);
        var unreadable = await Region.ReferAsync(person, City.Id);
        await StoredDamageTests.DamageEnvelopeAsync(Region, damaged);
        await StoredDamageTests.DamagePayloadAsync(Region, unreadable);

        var listed = (await Region.Placements.ReadAsync(null, default)).Placements;

        Assert.Equal(3, listed.Count);
        Assert.Equal(first, listed[0]);
        Assert.All(listed.Skip(1), placement => Assert.Equal(PlacementState.Unspecified, placement.State));
    }

    [Fact]
    public async Task A_damaged_record_that_is_left_out_is_one_line_of_the_log_each_time()
    {
        var damaged = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await StoredDamageTests.DamagePayloadAsync(Region, damaged);
        var log = new Lines();
        var codec = new RecordCodec(
            Region.DataKeys, new RecordKinds(), new NodeIdentity(Region.Id, Region.Id, TestNode: true), log);

        var left = codec.TryDecode((await Region.Store.GetAsync(damaged, default))!);

        Assert.Null(left);
        var (line, exception) = Assert.Single(log.Written);
        Assert.Contains($"worker {damaged.Id} is damaged", line, StringComparison.Ordinal);
        Assert.Null(exception);
    }

    private sealed class Lines : ILogger<RecordCodec>
    {
        public List<(string Line, Exception? Exception)> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter) => Written.Add((formatter(state, exception), exception));
    }
}
