using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>What a node lets partners say about its own records after a restore, and what it doesn't.</summary>
public sealed class ReturnTakerTests : FlowTests
{
    [Fact]
    public async Task A_node_that_wasnt_restored_takes_nothing_back()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);

        var ack = await ReturnAsync(Gone(worker, Later()));

        Assert.Equal((0u, 1u), (ack.AppliedCount, ack.SkippedCount));
        Assert.NotNull(await Region.FindAsync(worker));
    }

    [Fact]
    public async Task Nor_does_one_whose_clock_was_mended()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.Store.RestartClockAsync(default);

        await ReturnAsync(Gone(worker, Later()));

        Assert.NotNull(await Region.FindAsync(worker));
    }

    [Fact]
    public async Task What_the_backup_has_itself_isnt_touched()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var version = (await Region.Store.GetAsync(worker, default))!.Version;
        await RestoreAsync();

        await ReturnAsync(Gone(worker, version));

        Assert.NotNull(await Region.FindAsync(worker));
    }

    [Fact]
    public async Task Once_all_is_given_back_a_partner_has_nothing_more_to_say()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await RestoreAsync();
        await ReturnAsync(new ReturnedRecord { Last = true });

        await ReturnAsync(Gone(worker, Later()));

        Assert.NotNull(await Region.FindAsync(worker));
    }

    [Fact]
    public async Task Nobody_pushes_the_clock_into_the_future()
    {
        await RestoreAsync();
        var far = Version(Time.GetUtcNow().AddYears(1));
        var key = new RecordKey("vacancy", Guid.CreateVersion7());

        var ack = await ReturnAsync(Gone(key, far));
        var next = await Region.PutAsync(People.Vacancy(1));

        Assert.Equal(ErrorReason.ChangeClockAhead, Assert.Single(ack.Quarantined).Reason);
        Assert.Null(await Region.Store.GetAsync(key, default));
        Assert.True((await Region.Store.GetAsync(next, default))!.Version < far);
    }

    [Fact]
    public async Task Records_of_other_homes_arent_taken()
    {
        var vacancy = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        await RestoreAsync();

        await ReturnAsync(Gone(vacancy, Later()));

        Assert.NotNull(await Region.FindAsync(vacancy));
    }

    [Fact]
    public async Task What_the_node_cant_have_given_is_left_where_it_is()
    {
        await RestoreAsync();
        var good = Held(Later(), People.Worker(1));
        var wrongHash = Held(Later(), People.Worker(2));
        wrongHash.Record.PayloadHash = ByteString.CopyFromUtf8("another");
        var unlisted = Held(Later(), People.Worker(3));
        unlisted.Record.Kind = "household";
        var broken = Held(Later(), People.Worker(4));
        broken.Record.Payload.Value = ByteString.CopyFrom(0xff);
        broken.Record.PayloadHash = RecordCodec.Hash(broken.Record.Payload.Value.Span);
        var nameless = Held(Later(), People.Worker(5));
        nameless.Record.Id = "x";

        var ack = await ReturnAsync(good, wrongHash, unlisted, broken, nameless, new ReturnedRecord());

        Assert.Equal((1u, 5u), (ack.AppliedCount, ack.SkippedCount));
        Assert.NotNull(await Region.FindAsync(new RecordKey("worker", Guid.Parse(good.Record.Id))));
    }

    [Fact]
    public async Task Whatever_the_order_of_partners_a_deletion_outlives_older_copies()
    {
        foreach (var isDeletionFirst in new[] { true, false })
        {
            var worker = await Region.PutAsync(People.Worker(isDeletionFirst ? 1 : 2), FlowNode.Duty);
            await RestoreAsync();
            var (copy, deletion) = (Held(Later(1), People.Worker(1), worker), Gone(worker, Later(2)));

            await ReturnAsync(isDeletionFirst ? deletion : copy);
            await ReturnAsync(isDeletionFirst ? copy : deletion);

            Assert.Null(await Region.FindAsync(worker));
        }
    }

    [Fact]
    public async Task A_deletion_that_nobody_could_know_of_outlives_what_was_written_since()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var deleted = Later();
        Time.Advance(TimeSpan.FromHours(1));
        await RestoreAsync();
        Time.Advance(TimeSpan.FromHours(1));
        await Region.PutAsync(People.Worker(9), FlowNode.Duty, worker.Id);

        await ReturnAsync(Gone(worker, deleted));

        Assert.Null(await Region.FindAsync(worker));
    }

    [Fact]
    public async Task A_part_never_replaces_what_is_whole_and_newer()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var lost = Later();
        Time.Advance(TimeSpan.FromHours(1));
        await RestoreAsync();
        Time.Advance(TimeSpan.FromHours(1));
        await Region.PutAsync(People.Worker(9), FlowNode.Duty, worker.Id);

        await ReturnAsync(Held(lost, People.Worker(2), worker));

        Assert.Equal(People.Worker(9), await Region.FindAsync<Worker>(worker));
    }

    [Fact]
    public async Task Of_two_parts_the_newer_and_then_the_fuller_one_stays()
    {
        await RestoreAsync();
        var (small, full) = (new Worker { Name = "王**" }, new Worker { Name = "王**", Phone = "138****0000" });
        var key = new RecordKey("worker", Guid.CreateVersion7());
        var version = Later(5);

        await ReturnAsync(Held(version, small, key));
        await ReturnAsync(Held(version, full, key));
        await ReturnAsync(Held(version, small, key));
        await ReturnAsync(Held(Later(4), People.Worker(1), key));

        Assert.Equal(full, await Region.FindAsync<Worker>(key));
    }

    [Fact]
    public async Task What_was_frozen_is_frozen_again()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await RestoreAsync();

        await ReturnAsync(Removed(worker, Later(), RemovalReason.ConsentWithdrawn, consent: 0));

        var stored = await Region.Store.GetAsync(worker, default);
        Assert.Equal(RecordState.Frozen, RecordCodec.Envelope(stored!).State);
        Assert.False(stored!.Payload.IsEmpty);
    }

    [Fact]
    public async Task What_only_left_the_partners_sight_stays_at_home()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await RestoreAsync();

        await ReturnAsync(Removed(worker, Later(), RemovalReason.LeftScope, consent: 0));

        Assert.Equal(People.Worker(1), await Region.FindAsync<Worker>(worker));
    }

    [Fact]
    public async Task What_is_damaged_here_gives_way_to_a_part_and_holds_up_nothing()
    {
        var damaged = new List<RecordKey>();
        for (var number = 1; number <= 3; number++)
        {
            damaged.Add(await Region.PutAsync(People.Worker(number), FlowNode.Duty));
            await StoredDamageTests.DamageEnvelopeAsync(Region, damaged[^1]);
        }

        await RestoreAsync();

        var part = new Worker { Name = "王**" };
        await ReturnAsync(
            Held(Later(), part, damaged[0]),
            Gone(damaged[1], Later()),
            Removed(damaged[2], Later(), RemovalReason.ConsentWithdrawn, consent: 1));

        Assert.Equal(part, await Region.FindAsync<Worker>(damaged[0]));
        Assert.Null(await Region.FindAsync(damaged[1]));
        Assert.Null(RecordCodec.TryEnvelope((await Region.Store.GetAsync(damaged[2], default))!));
    }

    [Fact]
    public async Task A_part_whose_payload_is_damaged_gives_way_to_the_same_part()
    {
        await RestoreAsync();
        var key = new RecordKey("worker", Guid.CreateVersion7());
        var (part, version) = (new Worker { Name = "王**" }, Later());
        await ReturnAsync(Held(version, part, key));
        await StoredDamageTests.DamagePayloadAsync(Region, key);

        await ReturnAsync(Held(version, part, key));

        Assert.Equal(part, await Region.FindAsync<Worker>(key));
    }

    private async Task RestoreAsync()
    {
        await Region.Store.BeginEpochAsync(default);
        Time.Advance(TimeSpan.FromSeconds(1));
    }

    private Task<SyncAck> ReturnAsync(params ReturnedRecord[] returned)
    {
        var cursor = new FeedCursor { Epoch = City.Store.Epoch.ToString() };
        var batch = new SyncBatch { From = cursor, To = cursor };
        batch.Changes.AddRange(returned.Select(one => new SyncChange { Returned = one }));
        return Region.Flows(Agreement).Sink(City.Id).ApplyAsync(SyncBatch.Parser.ParseFrom(batch.ToByteArray()), default);
    }

    private static ReturnedRecord Gone(RecordKey key, Store.RecordVersion version) =>
        Removed(key, version, RemovalReason.Deleted, consent: 0);

    private static ReturnedRecord Removed(
        RecordKey key, Store.RecordVersion version, RemovalReason reason, ulong consent) => new()
        {
            Removal = new Removal
            {
                Kind = key.Kind,
                Id = key.Id.ToString(),
                Version = Wire(version),
                Revision = 1,
                Reason = reason,
                ConsentVersion = consent,
            },
        };

    private static ReturnedRecord Held(Store.RecordVersion version, Worker payload, RecordKey? key = null)
    {
        var any = Google.Protobuf.WellKnownTypes.Any.Pack(payload);
        return new ReturnedRecord
        {
            Record = new Record
            {
                Kind = "worker",
                Id = (key?.Id ?? Guid.CreateVersion7()).ToString(),
                HomeNode = SampleAgreements.Region,
                Version = Wire(version),
                State = RecordState.Active,
                LegalBasis = FlowNode.Duty,
                Projection = new Projection { Name = "city:1", Revision = 1 },
                PayloadHash = RecordCodec.Hash(any.Value.Span),
                Payload = any,
            },
        };
    }

    // A version that was written after the backup, as those tests have it that don't let time pass.
    private Store.RecordVersion Later(int steps = 1) => Version(Time.GetUtcNow().AddSeconds(steps));

    private static Store.RecordVersion Version(DateTimeOffset time) =>
        new((ulong)time.ToUnixTimeMilliseconds() << 16, SampleAgreements.Region);

    private static V1.RecordVersion Wire(Store.RecordVersion version) =>
        new() { Clock = version.Clock, Node = version.Node };
}
