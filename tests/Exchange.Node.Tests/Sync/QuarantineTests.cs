using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Sync;

/// <summary>What can't be applied is kept, listed, counted as held, and never in the way of the rest.</summary>
public sealed class QuarantineTests : FlowTests
{
    private static readonly Guid One = Guid.CreateVersion7();
    private static readonly Guid Two = Guid.CreateVersion7();

    private ISyncSink Sink => Region.Flows(Agreement).Sink(City.Id);

    private DateTimeOffset Now => Time.GetUtcNow();

    [Fact]
    public async Task One_bad_change_is_listed_and_the_others_are_applied()
    {
        var foreign = Incoming.Vacancy(Two, Now);
        foreign.HomeNode = "zhongshan";

        var ack = await Sink.ApplyAsync(
            Incoming.Batch(0, 9, Incoming.Vacancy(One, Now).Change(), foreign.Change()), default);

        Assert.Equal((1u, 9ul), (ack.AppliedCount, ack.Applied.Position));
        var listed = Assert.Single(ack.Quarantined);
        Assert.Equal((Two.ToString(), ErrorReason.ChangeNotFromHome), (listed.Id, listed.Reason));
        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
        Assert.Null(await Region.FindAsync(new RecordKey("vacancy", Two)));
    }

    [Fact]
    public async Task A_peer_cannot_overwrite_or_remove_a_record_of_this_node()
    {
        var own = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        Agreement.Flows[1].Kinds.Add(
            new KindRule { Kind = "worker", Gate = Gate.All, Fields = { new FieldRule { Number = 1 } } });
        var later = Now.AddMinutes(1);
        var record = Incoming.Record("worker", own.Id, later, Any.Pack(new Worker { Name = "假" }));

        var first = await Sink.ApplyAsync(
            Incoming.Batch(0, 1, record.Change(), Incoming.Vacancy(One, Now).Change()), default);
        var second = await Sink.ApplyAsync(
            Incoming.Batch(1, 2, Incoming.Removal(own.Id, later.AddMinutes(1), "worker").Change()), default);

        Assert.Equal(ErrorReason.ChangeNotFromHome, Assert.Single(first.Quarantined).Reason);
        Assert.Equal(1u, first.AppliedCount);
        Assert.Equal(ErrorReason.ChangeNotFromHome, Assert.Single(second.Quarantined).Reason);
        Assert.Equal(People.Worker(1), await Region.FindAsync<Worker>(own));
    }

    [Fact]
    public async Task A_removal_without_a_reason_is_listed_and_takes_nothing_back()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Incoming.Vacancy(One, Now).Change()), default);
        var removal = Incoming.Removal(One, Now.AddMinutes(1));
        removal.Reason = RemovalReason.Unspecified;

        var ack = await Sink.ApplyAsync(Incoming.Batch(1, 2, removal.Change()), default);

        Assert.Equal(ErrorReason.ChangeInvalid, Assert.Single(ack.Quarantined).Reason);
        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
    }

    [Fact]
    public async Task An_older_change_for_a_record_of_this_node_is_quarantined_and_counted_as_well()
    {
        var own = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        Agreement.Flows[1].Kinds.Add(
            new KindRule { Kind = "worker", Gate = Gate.All, Fields = { new FieldRule { Number = 1 } } });
        var earlier = Now.AddDays(-1);
        var record = Incoming.Record("worker", own.Id, earlier, Any.Pack(new Worker { Name = "假" }));

        var ack = await Sink.ApplyAsync(
            Incoming.Batch(0, 1, record.Change(), Incoming.Vacancy(One, Now).Change()), default);

        Assert.Equal(ErrorReason.ChangeNotFromHome, Assert.Single(ack.Quarantined).Reason);
        Assert.Equal((1u, 0u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Equal(2ul, (await Sink.DigestAsync(withBuckets: false, default)).Count);
        Assert.Equal(People.Worker(1), await Region.FindAsync<Worker>(own));
    }

    [Fact]
    public async Task A_clock_too_far_ahead_waits_until_ours_has_passed_it()
    {
        var ahead = Incoming.Vacancy(One, Now.AddHours(2));
        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, ahead.Change()), default);
        Assert.Equal(ErrorReason.ChangeClockAhead, Assert.Single(ack.Quarantined).Reason);
        var held = await Sink.DigestAsync(withBuckets: true, default);
        Assert.Equal(1ul, held.Count);

        await Sink.RetryQuarantineAsync(default);
        Assert.Null(await Region.FindAsync(new RecordKey("vacancy", One)));

        Time.Advance(TimeSpan.FromHours(2));
        await Sink.RetryQuarantineAsync(default);

        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));
        Assert.Equal(held, await Sink.DigestAsync(withBuckets: true, default));
        Assert.Equal(0, await QuarantinedAsync());
    }

    [Fact]
    public async Task A_small_lead_is_taken_as_it_is_and_our_clock_follows()
    {
        var ahead = Now.AddMinutes(4);
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Incoming.Vacancy(One, ahead).Change()), default);

        var own = await Region.PutAsync(People.Worker(1), FlowNode.Duty);

        Assert.True((await Region.FindAsync(own))!.Version.Clock > Incoming.Version(ahead).Clock);
    }

    [Fact]
    public async Task A_waiting_change_takes_the_place_of_what_is_held_in_the_digest_and_a_later_one_its_place()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Incoming.Vacancy(One, Now, 1).Change()), default);
        var ahead = Incoming.Vacancy(One, Now.AddHours(2), 2);
        await Sink.ApplyAsync(Incoming.Batch(1, 2, ahead.Change()), default);
        Assert.Equal(await DigestOfAsync(ahead), await Sink.DigestAsync(withBuckets: true, default));

        Time.Advance(TimeSpan.FromHours(3));
        var last = Incoming.Vacancy(One, Now, 3);
        var ack = await Sink.ApplyAsync(Incoming.Batch(2, 3, last.Change()), default);

        Assert.Equal(1u, ack.AppliedCount);
        Assert.Equal(await DigestOfAsync(last), await Sink.DigestAsync(withBuckets: true, default));
        Assert.Equal(0, await QuarantinedAsync());
    }

    [Fact]
    public async Task A_waiting_removal_counts_as_done()
    {
        await Sink.ApplyAsync(Incoming.Batch(0, 1, Incoming.Vacancy(One, Now).Change()), default);

        await Sink.ApplyAsync(Incoming.Batch(1, 2, Incoming.Removal(One, Now.AddHours(2)).Change()), default);
        Assert.Equal(0ul, (await Sink.DigestAsync(withBuckets: false, default)).Count);
        Assert.NotNull(await Region.FindAsync(new RecordKey("vacancy", One)));

        Time.Advance(TimeSpan.FromHours(2));
        await Sink.RetryQuarantineAsync(default);
        Assert.Equal(0ul, (await Sink.DigestAsync(withBuckets: false, default)).Count);
        Assert.Null(await Region.FindAsync(new RecordKey("vacancy", One)));
    }

    [Fact]
    public async Task A_repeat_of_what_waits_is_listed_again_and_counted_once()
    {
        var batch = Incoming.Batch(0, 1, Incoming.Vacancy(One, Now.AddHours(2)).Change());
        await Sink.ApplyAsync(batch, default);
        var before = await Sink.DigestAsync(withBuckets: true, default);

        var ack = await Sink.ApplyAsync(batch, default);

        Assert.Single(ack.Quarantined);
        Assert.Equal(before, await Sink.DigestAsync(withBuckets: true, default));
        Assert.Equal(1, await QuarantinedAsync());
    }

    [Fact]
    public async Task A_kind_that_the_agreement_does_not_list_waits_for_one_that_does()
    {
        var payload = new Any { TypeUrl = "x/horse", Value = ByteString.CopyFromUtf8("蹄") };
        var horse = Incoming.Record("horse", One, Now, payload);
        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, horse.Change()), default);
        Assert.Equal(ErrorReason.ChangeOutOfAgreement, Assert.Single(ack.Quarantined).Reason);

        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Add(
            new KindRule { Kind = "horse", Gate = Gate.All, Fields = { new FieldRule { Number = 1 } } });
        await Sink.RetryQuarantineAsync(default);

        Assert.Equal(horse.Payload, (await Region.FindAsync(new RecordKey("horse", One)))!.Payload);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData("bytes")]
    [InlineData("type")]
    [InlineData("payload")]
    [InlineData("state")]
    [InlineData("frozen")]
    [InlineData("id")]
    [InlineData("kind")]
    [InlineData("version")]
    [InlineData("node")]
    public async Task What_cannot_be_read_is_quarantined(string fault)
    {
        var record = Damage(Incoming.Vacancy(One, Now), fault);

        var ack = await Sink.ApplyAsync(
            Incoming.Batch(0, 1, record.Change(), Incoming.Vacancy(Two, Now).Change()), default);

        Assert.Equal(ErrorReason.ChangeInvalid, Assert.Single(ack.Quarantined).Reason);
        Assert.Equal(1u, ack.AppliedCount);
        Assert.Equal(1, await QuarantinedAsync());
    }

    [Fact]
    public async Task A_discard_stands_when_the_feed_of_its_sender_begins_anew_and_falls_with_a_newer_change()
    {
        var foreign = Incoming.Vacancy(One, Now);
        foreign.HomeNode = "zhongshan";
        await Sink.ApplyAsync(Incoming.Batch(0, 1, foreign.Change()), default);
        var key = new RecordKey("vacancy", One);
        await new Discards(Region.Store, Time).DiscardAsync(City.Id, key, "sent by mistake", default);
        var digest = await Sink.DigestAsync(withBuckets: true, default);

        var again = Incoming.Batch(0, 1, foreign.Change());
        again.From.Epoch = again.To.Epoch = Guid.CreateVersion7().ToString();
        var ack = await Sink.ApplyAsync(again, default);

        Assert.Single(ack.Quarantined);
        var row = QuarantineRow.Read(Assert.Single(await EntriesAsync()).Value.Span);
        Assert.Equal(("sent by mistake", again.To.Epoch, 0), (row.Discarded?.Reason, row.Epoch, row.Sealed.Length));
        Assert.Equal(digest, await Sink.DigestAsync(withBuckets: true, default));
        Assert.Equal(1ul, await DiscardedAsync());

        var newer = Incoming.Vacancy(One, Now.AddSeconds(1), 2);
        newer.HomeNode = "zhongshan";
        await Sink.ApplyAsync(new SyncBatch { From = again.To, To = again.To, Changes = { newer.Change() } }, default);
        Assert.Null(QuarantineRow.Read(Assert.Single(await EntriesAsync()).Value.Span).Discarded);
        Assert.Equal(0ul, await DiscardedAsync());
        Assert.Equal(1, await QuarantinedAsync());
    }

    [Fact]
    public async Task What_was_discarded_isnt_given_back_to_a_sender_that_was_restored_and_the_rest_is()
    {
        var (one, two) = (Incoming.Vacancy(One, Now), Incoming.Vacancy(Two, Now));
        (one.HomeNode, two.HomeNode) = ("zhongshan", "zhongshan");
        await Sink.ApplyAsync(Incoming.Batch(0, 1, one.Change(), two.Change()), default);
        await new Discards(Region.Store, Time).DiscardAsync(
            City.Id, new RecordKey("vacancy", One), "sent by mistake", default);
        var sweep = new ReturnSweep(Region.Store, Region.Codec, Region.DataKeys, City.Id);

        var (changes, next) = await sweep.ReadAsync(
            new ReturnState { Epoch = City.Store.Epoch.ToString(), Time = Now }, default);
        var (rest, end) = await sweep.ReadAsync(next, default);

        Assert.Equal(Two.ToString(), Assert.Single(changes).Returned.Record.Id);
        Assert.True(Assert.Single(rest).Returned.Last);
        Assert.True(end.IsComplete);
    }

    [Fact]
    public async Task An_empty_change_is_quarantined_too()
    {
        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, new SyncChange()), default);

        Assert.Equal(ErrorReason.ChangeInvalid, Assert.Single(ack.Quarantined).Reason);
        Assert.Equal(0ul, (await Sink.DigestAsync(withBuckets: false, default)).Count);
    }

    [Fact]
    public async Task Changes_that_only_a_later_version_knows_are_quarantined_one_by_one_and_kept_byte_for_byte()
    {
        byte[] bytes = SessionProtocolTests.Later(300);
        var (one, two) = (SyncChange.Parser.ParseFrom(bytes), SyncChange.Parser.ParseFrom(SessionProtocolTests.Later(301)));

        var ack = await Sink.ApplyAsync(Incoming.Batch(0, 1, one, two, Incoming.Vacancy(Two, Now).Change()), default);

        Assert.Equal((1u, 2), (ack.AppliedCount, ack.Quarantined.Count));
        Assert.All(ack.Quarantined, change => Assert.Equal(ErrorReason.ChangeInvalid, change.Reason));
        Assert.Equal(2, await QuarantinedAsync());
        var kept = (await EntriesAsync())
            .Select(entry => QuarantineRow.Read(entry.Value.Span).Open(RecordKeyBytes.Read(entry.Key.Span), Region.DataKeys));
        Assert.Contains(kept, change => change!.ToByteArray().SequenceEqual(bytes));
    }

    [Fact]
    public async Task Quarantine_holds_nobody_in_the_clear()
    {
        Agreement.Flows[1].Kinds.Clear();
        var worker = Incoming.Record("worker", One, Now, Any.Pack(People.Worker(1)));
        await Sink.ApplyAsync(Incoming.Batch(0, 1, worker.Change()), default);

        var entry = Assert.Single(await EntriesAsync());

        Assert.Equal(-1, entry.Value.Span.IndexOf("王小明"u8));
        Assert.Equal(-1, entry.Value.Span.IndexOf(System.Text.Encoding.UTF8.GetBytes(People.Worker(1).IdNumber)));
    }

    private static Record Damage(Record record, string fault)
    {
        switch (fault)
        {
            case "hash":
                record.PayloadHash = ByteString.CopyFromUtf8("no hash");
                break;
            case "bytes":
                record = Incoming.Record("vacancy", One, DateTimeOffset.UnixEpoch.AddDays(20_000), record.Payload);
                record.Payload.Value = ByteString.CopyFrom(0xFF, 0xFF);
                record.PayloadHash = ByteString.CopyFrom(
                    System.Security.Cryptography.SHA256.HashData(record.Payload.Value.Span));
                break;
            case "type":
                record.Payload.TypeUrl = "type.googleapis.com/exchange.v1.Worker";
                break;
            case "payload":
                record.Payload = null;
                break;
            case "state":
                record.State = RecordState.Unspecified;
                break;
            case "frozen":
                record.State = RecordState.Frozen;
                break;
            case "id":
                record.Id = "17";
                break;
            case "kind":
                record.Kind = "Vacancy!";
                break;
            case "version":
                record.Version = null;
                break;
            default:
                record.Version.Node = "no node";
                break;
        }

        return record;
    }

    /// <summary>The digest of a node that holds just one record of the peer.</summary>
    private async Task<SyncDigest> DigestOfAsync(Record record)
    {
        await using var other = await FlowNode.OpenAsync(Region.Id, Time);
        var sink = other.Flows(Agreement).Sink(City.Id);
        await sink.ApplyAsync(Incoming.Batch(0, 1, record.Change()), default);
        return await sink.DigestAsync(withBuckets: true, default);
    }

    private async Task<int> QuarantinedAsync()
    {
        var count = (await EntriesAsync()).Count;
        var status = await Region.Flows(Agreement).StatusAsync(City.Id, default);
        Assert.Equal((ulong)count, status.Quarantined);
        return count;
    }

    private async Task<ulong> DiscardedAsync() =>
        (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Discarded;

    private Task<IReadOnlyList<Entry>> EntriesAsync() =>
        Region.Store.ReadEntriesAsync(QuarantineRow.Collection(City.Id), default, default, 100, default);
}
