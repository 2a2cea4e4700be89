using Exchange.Node.Sync;
using Exchange.Store;
using Exchange.Testing.Stores;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>A batch is stored whole or not at all, and byte for byte.</summary>
public sealed class SyncSinkTests : FlowTests
{
    private static readonly Guid One = Guid.CreateVersion7();

    private ISyncSink Sink => Region.Flows(Agreement).Sink(City.Id);

    private DateTimeOffset Now => Time.GetUtcNow();

    [Fact]
    public async Task A_key_that_no_store_takes_holds_nothing_up()
    {
        var odd = Incoming.Vacancy(Guid.CreateVersion7(), Time.GetUtcNow());
        odd.ExternalKey = new ExternalKey { Source = "hr", SourceId = new string('岗', 500) + "\0" };

        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, odd.Change()), default);

        Assert.Equal((1u, 0), (ack.AppliedCount, ack.Quarantined.Count));
        Assert.Equal(odd.ExternalKey, (await Region.FindAsync(new RecordKey("vacancy", Guid.Parse(odd.Id))))!.ExternalKey);
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_neither_record_nor_cursor()
    {
        Region.Store.Next = Fault.BeforeCommit;
        var sink = Sink;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => sink.ApplyAsync(Batch(), default));

        Assert.Equal(new FeedCursor(), await sink.AppliedAsync(default));
        Assert.Null(await Region.FindAsync(new RecordKey("vacancy", One)));
        Assert.Equal(0ul, (await sink.DigestAsync(withBuckets: false, default)).Count);
        Assert.Equal(1u, (await sink.ApplyAsync(Batch(), default)).AppliedCount);
    }

    [Fact]
    public async Task A_batch_whose_answer_is_lost_is_there_whole_and_its_repeat_changes_nothing()
    {
        Region.Store.Next = Fault.AfterCommit;
        var sink = Sink;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => sink.ApplyAsync(Batch(), default));

        Assert.Equal(7ul, (await sink.AppliedAsync(default)).Position);
        var ack = await sink.ApplyAsync(Batch(), default);

        Assert.Equal((0u, 1u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Equal(1ul, (await sink.DigestAsync(withBuckets: false, default)).Count);
    }

    [Fact]
    public async Task An_older_version_or_view_is_skipped_whatever_arrives_first()
    {
        var first = Incoming.Vacancy(One, Now, 1);
        var second = first.Clone();
        second.Projection.Revision = 2;
        await Sink.ApplyAsync(Incoming.Batch(0, 1, second.Change()), default);
        var held = await Sink.DigestAsync(withBuckets: true, default);

        var ack = await Sink.ApplyAsync(
            Incoming.Batch(1, 2, first.Change(), Incoming.Removal(One, Now.AddSeconds(-1)).Change()), default);

        Assert.Equal((0u, 2u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Equal(held, await Sink.DigestAsync(withBuckets: true, default));
    }

    [Fact]
    public async Task Of_two_changes_of_one_record_in_a_batch_the_newer_stays()
    {
        var ack = await Sink.ApplyAsync(
            Incoming.Batch(
                0, 1, Incoming.Vacancy(One, Now, 2).Change(), Incoming.Vacancy(One, Now.AddSeconds(-1), 1).Change()),
            default);

        Assert.Equal((1u, 1u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Equal("制鞋工2", (await Region.FindAsync<Vacancy>(new RecordKey("vacancy", One)))!.Title);
    }

    [Fact]
    public async Task What_was_removed_comes_back_only_with_something_newer()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Incoming.Removal(One, Now).Change()), default);

        await Sink.ApplyAsync(Incoming.Batch(1, 2, Incoming.Vacancy(One, Now.AddSeconds(-1)).Change()), default);
        Assert.Null(await Region.FindAsync(new RecordKey("vacancy", One)));

        await Sink.ApplyAsync(Incoming.Batch(2, 3, Incoming.Vacancy(One, Now.AddSeconds(1)).Change()), default);
        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
    }

    [Fact]
    public async Task Two_replicated_records_with_one_external_key_are_both_kept()
    {
        var external = new ExternalKey { Source = "dongguan-hr", SourceId = "17" };
        var one = Incoming.Vacancy(One, Now);
        var two = Incoming.Vacancy(Guid.CreateVersion7(), Now);
        (one.ExternalKey, two.ExternalKey) = (external, external);

        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, one.Change(), two.Change()), default);

        Assert.Equal(2u, ack.AppliedCount);
        var query = new RecordQuery("vacancy") { Index = "external", Value = "dongguan-hr:17" };
        Assert.Equal(2, (await Region.Store.QueryAsync(query, default)).Records.Count);
    }

    [Fact]
    public async Task Unknown_fields_and_kinds_that_are_agreed_arrive_byte_for_byte()
    {
        var vacancies = Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "vacancy");
        vacancies.Fields.Add(new FieldRule { Number = 1000 });
        Agreement.Flows[1].Kinds.Add(
            new KindRule { Kind = "horse", Gate = Gate.All, Fields = { new FieldRule { Number = 3 } } });
        byte[] vacancy = [.. People.Vacancy(1).ToByteArray(), 0xC2, 0x3E, 2, 0xAB, 0xCD];
        byte[] horse = [0x18, 5, 0x1A, 3, (byte)'a', (byte)'b', 0xFF];
        var keys = new[] { new RecordKey("vacancy", One), new RecordKey("horse", Guid.CreateVersion7()) };
        await City.StoreAsync(keys[0], Own("type.googleapis.com/exchange.v1.Vacancy", vacancy));
        await City.StoreAsync(keys[1], Own("type.example.org/horse", horse));

        await PassBackAsync();

        Assert.Equal(vacancy, (await Region.FindAsync(keys[0]))!.Payload.Value.ToByteArray());
        var held = (await Region.FindAsync(keys[1]))!.Payload;
        Assert.Equal("type.example.org/horse", held.TypeUrl);
        Assert.Equal(horse, held.Value.ToByteArray());
    }

    [Fact]
    public async Task What_was_received_is_not_sent_back()
    {
        await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(worker, City.Id);
        await PassAsync();

        Assert.Empty((await PassAsync()).Changes());
        Assert.Empty((await PassBackAsync()).Changes());
    }

    [Fact]
    public async Task A_masked_worker_gets_no_person_key()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(worker, City.Id);

        await PassAsync();

        Assert.DoesNotContain((await City.Store.GetAsync(worker, default))!.Keys, key => key.Name == "person");
    }

    private SyncBatch Batch() => Incoming.Batch(0, 7, Incoming.Vacancy(One, Now).Change());

    private Record Own(string type, byte[] payload) => new()
    {
        HomeNode = City.Id,
        State = RecordState.Active,
        LegalBasis = FlowNode.Duty,
        Payload = new Any { TypeUrl = type, Value = ByteString.CopyFrom(payload) },
    };
}
