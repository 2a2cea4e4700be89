using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Testing;
using Exchange.V1;
using Xunit;
using Xunit.Abstractions;

namespace Exchange.Node.Tests.Sync.Simulated;

/// <summary>Breaks one promise at a time, and sees <see cref="FlowSimulation"/> find it.</summary>
public sealed class FlowBrokenPromiseTests(ITestOutputHelper output)
{
    private const int Hunted = 150;

    [Fact]
    public Task A_register_that_isnt_written_before_the_bytes_leave_is_caught() =>
        IsCaughtAsync("register doesn't know", world => world.Region.Store.Forgets = "disclosure/");

    [Fact]
    public Task A_cursor_that_isnt_in_the_batchs_commit_is_caught() =>
        IsCaughtAsync("acknowledged records are lost", world => world.City.Store.Forgets = "sync-in/");

    [Fact]
    public Task A_batch_that_is_acknowledged_and_not_stored_is_caught() =>
        IsCaughtAsync("acknowledged records are lost", world => world.Tamper = (node, batch) =>
            node == world.Hub.Id && batch.Changes.Any(change => change.Record is not null) ? null : batch);

    [Fact]
    public Task A_fence_that_isnt_kept_is_caught() =>
        IsCaughtAsync("it came back", world => (world.City.Store.Forgets, world.ErasesOnly) = ("fence/", true));

    [Fact]
    public Task A_retraction_that_is_acknowledged_and_not_done_is_caught() =>
        IsCaughtAsync("it may not have", world => Drops(world, change => change.Removal is not null));

    [Fact]
    public Task A_queue_that_isnt_in_the_writes_commit_is_caught() =>
        IsCaughtAsync("ahead of its data", world => world.Region.Store.Forgets = "reproject/");

    [Fact]
    public Task A_retraction_that_stays_open_is_caught() =>
        IsCaughtAsync("are still open", world => world.Region.Store.Keeps = "retracting/");

    [Fact]
    public Task A_digest_that_isnt_kept_with_the_records_is_caught() =>
        IsCaughtAsync("digests differ", world => world.City.Store.Forgets = "digest-in/");

    [Fact]
    public Task A_change_that_takes_effect_twice_is_caught() =>
        IsCaughtAsync("took effect twice", world => world.City.Store.IgnoresExpectations = true);

    [Fact]
    public Task A_record_outside_its_scope_is_caught_on_the_wire() =>
        IsCaughtAsync("is outside its scope", world => Misreads(world, worker => worker.Gate = Gate.All));

    [Fact]
    public Task A_mask_that_is_left_out_is_caught_on_the_wire() =>
        IsCaughtAsync("it isn't masked", world => Misreads(world, worker =>
        {
            foreach (var field in worker.Fields)
            {
                field.Mask = Mask.Unspecified;
            }
        }));

    [Fact]
    public Task A_field_that_nobody_agreed_to_is_caught_on_the_wire() =>
        IsCaughtAsync("fields that nobody agreed to", world => Misreads(
            world, worker => worker.Fields.Add(new FieldRule { Number = Worker.RemarkFieldNumber })));

    [Fact]
    public Task A_field_that_was_agreed_and_is_left_out_is_caught_on_the_wire() =>
        IsCaughtAsync("doesn't follow the agreement", world => Misreads(
            world, worker => Remove(worker, Worker.PhoneFieldNumber)));

    [Fact]
    public Task A_register_that_isnt_whole_is_caught_on_the_wire() =>
        IsCaughtAsync("isn't the whole register", world => Misreads(
            world, worker => Remove(worker, Worker.NameFieldNumber), to: world.Hub));

    [Fact]
    public Task An_event_that_tells_too_much_is_caught_on_the_wire() =>
        IsCaughtAsync("tells more of the event", world => Misreads(
            world, happening => happening.Fields.Add(new FieldRule { Number = PlacementEvent.NoteFieldNumber }),
            "placement_event"));

    [Fact]
    public Task A_deletion_that_isnt_kept_after_a_restore_is_caught() =>
        IsCaughtAsync("came back", world => Drops(world, change => change.Returned?.Removal is not null), first: 34);

    [Fact]
    public Task A_record_that_isnt_kept_after_a_restore_is_caught() =>
        IsCaughtAsync("is lost", world => world.Region.Store.Loses = put =>
            put.Keys.Any(key => key.Name == IndexNames.Partial), first: 146);

    [Fact]
    public Task A_key_that_isnt_durable_before_what_it_seals_is_caught() =>
        IsCaughtAsync("can't be read", world => world.Region.KeyFaults.Forgets = "data-keys");

    [Fact]
    public Task What_stays_put_aside_although_it_was_applied_is_caught() =>
        IsCaughtAsync("still waits between", world => world.City.Store.Keeps = "quarantine/");

    [Fact]
    public async Task A_part_that_takes_the_place_of_a_whole_record_is_caught()
    {
        var time = new ManualTime();
        await using var region = await FlowNode.OpenAsync(SampleAgreements.Region, time);
        await using var city = await FlowNode.OpenAsync(SampleAgreements.Town, time);
        var world = new FlowWorld(region, city, city, _ => { });
        var key = await region.PutAsync(People.Worker(1), FlowNode.Duty);
        var whole = await region.Store.GetAsync(key, default);
        var part = region.Codec.Decode(whole!);
        part.Projection = new Projection { Partial = true };
        await region.StoreAsync(key, part);
        var returned = new SyncChange { Returned = new ReturnedRecord { Record = part } };

        new FlowReturns(world).Taken(
            region,
            new FlowLink(region, city, SampleAgreements.City, world),
            [returned],
            [whole],
            [await region.Store.GetAsync(key, default)]);

        Assert.Contains("a part took its place", world.Broken, StringComparison.Ordinal);
    }

    private static void Drops(FlowWorld world, Predicate<SyncChange> which) => world.Tamper = (_, batch) =>
    {
        var rest = batch.Clone();
        foreach (var change in batch.Changes.Where(change => which(change)))
        {
            rest.Changes.Remove(change);
        }

        return rest.Changes.Count == 0 && batch.Changes.Count > 0 && batch.From.Equals(batch.To) ? null : rest;
    };

    // What the region takes for agreed, and nobody else does.
    private static void Misreads(
        FlowWorld world, Action<KindRule> change, string kind = "worker", FlowNode? to = null) =>
        world.Misread = (node, agreement) =>
        {
            var read = agreement.Clone();
            var rules = read.Flows
                .Where(flow => flow.FromNode == world.Region.Id && flow.ToNode == (to ?? world.City).Id)
                .SelectMany(flow => flow.Kinds)
                .Where(rule => node == world.Region.Id && rule.Kind == kind);
            foreach (var rule in rules)
            {
                change(rule);
            }

            return read;
        };

    private static void Remove(KindRule rule, int field)
    {
        foreach (var found in rule.Fields.Where(found => found.Number == field).ToList())
        {
            rule.Fields.Remove(found);
        }
    }

    private async Task IsCaughtAsync(string promise, Action<FlowWorld> sabotage, int first = 1)
    {
        var caught = await FlowSimulation.HuntAsync(first, Hunted, promise, sabotage);

        output.WriteLine($"Seed {caught}: {promise}");
        Assert.True(caught is not null, $"Nothing said: {promise}");
    }
}
