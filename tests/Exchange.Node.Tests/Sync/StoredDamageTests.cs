using Exchange.Node.Records;
using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>One damaged value holds up no session, and is made good by it where that can be.</summary>
public sealed class StoredDamageTests : FlowTests
{
    // The envelope's header stays, so that the record is still known to be this node's.
    private const int InBody = 3;

    [Fact]
    public async Task A_damaged_envelope_is_left_out_and_the_others_are_sent()
    {
        var first = await City.PutAsync(People.Vacancy(1));
        var damaged = await City.PutAsync(People.Vacancy(2));
        var last = await City.PutAsync(People.Vacancy(3));
        await DamageEnvelopeAsync(City, damaged);

        await PassBackAsync();

        Assert.NotNull(await Region.FindAsync(first));
        Assert.Null(await Region.FindAsync(damaged));
        Assert.NotNull(await Region.FindAsync(last));
    }

    [Fact]
    public async Task A_damaged_event_of_somebody_in_doubt_neither_shows_nor_takes_back_anybody()
    {
        var seen = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(seen, City.Id);
        var other = await Region.ReferAsync(seen, City.Id);
        await PassAsync();
        await DamagePayloadAsync(Region, other);
        await VoidAsync(referral);
        var added = await Region.PutAsync(People.Worker(2), FlowNode.Duty);
        await Region.ReferAsync(added, City.Id);

        await PassAsync();

        Assert.NotNull(await City.FindAsync(seen));
        Assert.NotNull(await City.FindAsync(added));
        await Region.PutAsync(People.Worker(3), FlowNode.Duty, id: seen.Id);
        Assert.DoesNotContain(
            (await PassAsync()).Changes(), change => SyncChanges.Key(change) == seen);
    }

    [Fact]
    public async Task The_event_of_somebody_whose_envelope_is_damaged_crosses_without_details()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(person, City.Id);
        await DamageEnvelopeAsync(Region, person);

        await PassAsync();

        Assert.Equal("", (await City.FindAsync<PlacementEvent>(referral))!.Note);
        Assert.Null(await City.FindAsync(person));
    }

    [Fact]
    public async Task A_damaged_row_of_the_quarantine_gives_way_to_what_comes()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        var ahead = Incoming.Vacancy(key.Id, Time.GetUtcNow().AddHours(1), 2).Change();
        var sink = Region.Flows(Agreement).Sink(City.Id);
        var at = await sink.AppliedAsync(default);
        await sink.ApplyAsync(new SyncBatch { From = at, To = at, Changes = { ahead } }, default);
        await PutEntryAsync(Region, QuarantineRow.Collection(City.Id), key);
        var list = await Region.Flows(Agreement).Sink(City.Id).ListAsync(default);
        Assert.Equal(ErrorReason.ChangeInvalid, Assert.Single(list.Quarantined).Reason);

        await City.PutAsync(People.Vacancy(3), id: key.Id);
        await FlowPass.RunAsync(City, City.Flows(Agreement).Source(Region.Id), Region.Flows(Agreement).Sink(City.Id));
        var found = await RepairPass.RunAsync(City, Region, Agreement);

        Assert.Equal(0ul, found.UnrepairedCount);
        Assert.Equal(People.Vacancy(3), await Region.FindAsync<Vacancy>(key));
        Assert.Equal(0ul, (await Region.Flows(Agreement).StatusAsync(City.Id, default)).Quarantined);
    }

    [Fact]
    public async Task A_damaged_row_of_the_register_is_made_good_by_a_repair()
    {
        var key = await City.PutAsync(People.Vacancy(1));
        await City.PutAsync(People.Vacancy(2));
        await PassBackAsync();
        await PutEntryAsync(City, DisclosureRegister.Collection(Region.Id), key);

        var found = await RepairPass.RunAsync(City, Region, Agreement);

        Assert.NotEqual(0ul, found.Count);
        Assert.Equal(0ul, found.UnrepairedCount);
        Assert.Equal(0ul, (await RepairPass.RunAsync(City, Region, Agreement)).Count);
        await City.DeleteAsync(key);
        await PassBackAsync();
        Assert.Null(await Region.FindAsync(key));
    }

    [Fact]
    public async Task A_damaged_fence_keeps_everything_out()
    {
        var person = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await Region.ReferAsync(person, City.Id);
        var old = (await PassAsync()).Changes();
        await Region.DeleteAsync(person);
        await PassAsync();
        await PutEntryAsync(City, Fences.Collection(Region.Id), person);

        var sink = City.Flows(Agreement).Sink(Region.Id);
        var at = await sink.AppliedAsync(default);
        await sink.ApplyAsync(new SyncBatch { From = at, To = at, Changes = { old } }, default);

        Assert.Null(await City.FindAsync(person));
    }

    [Fact]
    public async Task A_damaged_void_that_is_taken_back_brings_the_worker_back()
    {
        var worker = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        var referral = await Region.ReferAsync(worker, City.Id);
        await PassAsync();
        var mistake = await VoidAsync(referral, City);
        await PassBackAsync();
        await PassAsync();
        Assert.Null(await City.FindAsync(worker));
        await DamageEnvelopeAsync(Region, mistake);

        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[1].Kinds.Remove(Agreement.Flows[1].Kinds.Single(rule => rule.Kind == "placement_event"));
        await PassBackAsync();
        await PassAsync();

        Assert.NotNull(await City.FindAsync(worker));
    }

    private async Task<RecordKey> VoidAsync(RecordKey referral, FlowNode? writer = null)
    {
        var mistake = (await Region.FindAsync<PlacementEvent>(referral))!.Clone();
        (mistake.Type, mistake.VoidedEventId) = (PlacementEventType.RecordedInError, referral.Id.ToString());
        return await (writer ?? Region).PutAsync(mistake, FlowNode.Duty);
    }

    internal static async Task DamageEnvelopeAsync(FlowNode node, RecordKey key)
    {
        var stored = (await node.Store.GetAsync(key, default))!;
        var body = InBody + StoredEnvelope.Note(stored).Length + StoredEnvelope.HomeNode(stored).Length;
        byte[] envelope = [.. stored.Envelope.Span[..body], 0xFF, 0xFF, 0xFF];
        await PutAsync(node, stored, envelope, stored.Payload);
        Assert.Null(RecordCodec.TryEnvelope((await node.Store.GetAsync(key, default))!));
    }

    internal static async Task DamagePayloadAsync(FlowNode node, RecordKey key)
    {
        var stored = (await node.Store.GetAsync(key, default))!;
        var payload = stored.Payload.ToArray();
        payload[^1] ^= 1;
        await PutAsync(node, stored, stored.Envelope, payload);
    }

    private static Task<CommitResult> PutAsync(
        FlowNode node, StoredRecord stored, ReadOnlyMemory<byte> envelope, ReadOnlyMemory<byte> payload)
    {
        var put = new RecordPut
        {
            Key = stored.Key,
            Version = stored.Version,
            Revision = stored.Revision,
            Envelope = envelope,
            Payload = payload,
            Keys = stored.Keys,
        };
        return node.Store.CommitAsync(new Commit { Puts = [put] }, default);
    }

    private static Task<CommitResult> PutEntryAsync(FlowNode node, string collection, RecordKey key)
    {
        var entry = new EntryWrite(collection, RecordKeyBytes.Of(key), new byte[] { 1, 0xFF });
        return node.Store.CommitAsync(new Commit { Entries = [entry] }, default);
    }
}
