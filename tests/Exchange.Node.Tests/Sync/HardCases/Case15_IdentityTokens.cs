using Exchange.Node.Records;
using Exchange.Node.Tests.Agreements;
using Exchange.Store;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Exchange.Node.Tests.Sync.HardCases;

/// <summary>
/// Hard case 15: identity. The token of an ID number is an attribute, never an identity: replicated records that collide
/// are both kept and found together, a number that fails its check digit has no token, and nothing is ever merged.
/// </summary>
public sealed class Case15_IdentityTokens : FlowTests
{
    private static readonly Guid One = Guid.CreateVersion7();
    private static readonly Guid Two = Guid.CreateVersion7();

    [Fact]
    public async Task Two_records_of_one_number_are_both_kept_and_found_under_one_token()
    {
        await TakeAsync(Change(One, People.Worker(1)), Change(Two, People.Worker(1)));

        var found = await FindByNumberAsync();
        Assert.Equal(new[] { One, Two }.Order(), found.Select(record => record.Key.Id).Order());
        Assert.All(found, record => Assert.DoesNotContain(record.Keys, key => key.Unique));
    }

    [Fact]
    public async Task An_own_record_stays_the_one_that_a_clerk_updates()
    {
        await TakeAsync(Change(One, People.Worker(1)));
        var own = await City.PutAsync(People.Worker(1), FlowNode.Duty);
        var changed = People.Worker(1);
        changed.Phone = "13987654321";

        Assert.Equal(own, await City.PutAsync(changed, FlowNode.Duty));

        Assert.Equal(changed, await City.FindAsync<Worker>(own));
        Assert.Equal(People.Worker(1), await City.FindAsync<Worker>(new RecordKey("worker", One)));
        Assert.Equal(2, (await FindByNumberAsync()).Count);
    }

    [Fact]
    public async Task A_number_that_fails_its_check_digit_is_kept_as_it_is_and_found_by_nobody()
    {
        var mistyped = People.Worker(1);
        mistyped.IdNumber = mistyped.IdNumber[..17] + (mistyped.IdNumber[17] == '0' ? '1' : '0');

        await TakeAsync(Change(One, mistyped));

        var stored = (await City.Store.GetAsync(new RecordKey("worker", One), default))!;
        Assert.DoesNotContain(stored.Keys, key => key.Name == IndexNames.Person);
        Assert.Equal(mistyped, await City.FindAsync<Worker>(stored.Key));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => City.PutAsync(mistyped, FlowNode.Duty));
        Assert.Contains("id_number", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_guard_the_second_record_would_stop_the_night()
    {
        await City.PutAsync(People.Worker(1), FlowNode.Duty);
        var token = City.Keys.Token(People.Worker(1).IdNumber);
        var put = new RecordPut
        {
            Key = new RecordKey("worker", One),
            Version = new Exchange.Store.RecordVersion(1UL << 16, Region.Id),
            Keys = [new IndexKey(IndexNames.Person, token, Unique: true)],
            Expect = Expectation.Newer,
        };

        await Assert.ThrowsAsync<DuplicateKeyException>(
            () => City.Store.CommitAsync(new Commit { Puts = [put] }, default));
    }

    private async Task TakeAsync(params SyncChange[] changes)
    {
        Agreement = SampleAgreements.City();
        Agreement.Flows[0].Kinds.Single(rule => rule.Kind == "worker").Gate = Gate.All;
        var ack = await City.Flows(Agreement).Sink(Region.Id).ApplyAsync(Incoming.Batch(0, 1, changes), default);
        Assert.Equal((uint)changes.Length, ack.AppliedCount);
        Assert.Empty(ack.Quarantined);
    }

    private async Task<IReadOnlyList<StoredRecord>> FindByNumberAsync()
    {
        var query = new RecordQuery("worker")
        {
            Index = IndexNames.Person,
            Value = City.Keys.Token(People.Worker(1).IdNumber),
        };
        return (await City.Store.QueryAsync(query, default)).Records;
    }

    private SyncChange Change(Guid id, Worker worker)
    {
        var record = Incoming.Record("worker", id, Time.GetUtcNow(), Any.Pack(worker));
        record.HomeNode = Region.Id;
        record.Version.Node = Region.Id;
        return record.Change();
    }
}
