using Exchange.Node.Sync;
using Exchange.Node.Tests.Agreements;
using Exchange.Node.Tests.Sync.HardCases;
using Exchange.Store;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>Several purposes in one direction: what crosses for each, together and when one of them ends.</summary>
public sealed class PurposeTests : FlowTests
{
    private const string Insurance = "insurance";

    public PurposeTests() => Agreement = SampleAgreements.Insured();

    [Fact]
    public async Task What_the_purposes_allow_together_crosses_and_the_register_names_them()
    {
        var (key, _) = await ReferAsync(FlowNode.Duty);

        await PassAsync();

        var worker = (await City.FindAsync<Worker>(key))!;
        Assert.Equal(("王小明1", 1990, 1, 0), (worker.Name, worker.BirthDate.Year, worker.BirthDate.Month, worker.BirthDate.Day));
        Assert.NotEqual(People.Worker(1).Phone, worker.Phone);
        Assert.Equal("", worker.Remark);
        Assert.Equal("city+insurance:1", (await City.FindAsync(key))!.Projection.Name);
        Assert.Equal("placement\ninsurance", (await RowAsync(key)).Purposes);
    }

    [Fact]
    public async Task A_consent_to_one_purpose_shows_what_that_purpose_needs_alone()
    {
        var (key, referral) = await ReferAsync(Consents.Of(Consents.Given(1)));

        await PassAsync();

        var worker = (await City.FindAsync<Worker>(key))!;
        Assert.Equal(("王***", 0), (worker.Name, worker.BirthDate.Month));
        Assert.Equal(("city:1", "placement"), ((await City.FindAsync(key))!.Projection.Name, (await RowAsync(key)).Purposes));
        Assert.Equal(("K1206", ""), await EventAsync(referral));
    }

    [Fact]
    public async Task A_withdrawal_for_one_purpose_narrows_the_view_and_for_the_last_takes_it_back()
    {
        var both = Consents.Of(Consents.Given(1), Consents.Given(1, Insurance));
        var (key, referral) = await ReferAsync(both);
        await PassAsync();
        Assert.Equal("王小明1", (await City.FindAsync<Worker>(key))!.Name);
        Assert.Equal(("K1206", "家里的情况"), await EventAsync(referral));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2, Insurance)), key.Id);
        await PassAsync();
        Assert.Equal("王***", (await City.FindAsync<Worker>(key))!.Name);
        Assert.Equal("placement", (await RowAsync(key)).Purposes);
        Assert.Equal((("K1206", ""), 2u), (await EventAsync(referral), (await City.FindAsync(referral))!.Projection.Revision));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(3)), key.Id);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Given(4, Insurance)), key.Id);
        await PassAsync();
        Assert.Equal(("王小明1", ""), ((await City.FindAsync<Worker>(key))!.Name, (await City.FindAsync<Worker>(key))!.Phone));
    }

    [Fact]
    public async Task A_consent_that_is_older_than_another_purposes_withdrawal_holds_once_its_gate_opens()
    {
        // For insurance everybody of a division; for placement whoever was referred.
        var insurance = Agreement.Flows[2];
        insurance.Kinds[0].Gate = Gate.All;
        insurance.DivisionPairs.Add(new DivisionPair { FromCode = "530627", ToCode = "441900118" });
        var consents = Consents.Of(Consents.Given(1), Consents.Given(2, Insurance));
        var key = await Region.PutAsync(People.Worker(1), consents);
        await PassAsync();
        Assert.Equal(("insurance:1", "王小明1"), await ShownAsync(key));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(3, Insurance)), key.Id);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));

        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        Assert.Equal(("city:1", "王***"), await ShownAsync(key));
    }

    [Fact]
    public async Task After_the_last_withdrawal_a_replay_brings_nothing_back()
    {
        var (key, _) = await ReferAsync(Consents.Of(Consents.Given(1), Consents.Given(2, Insurance)));
        var old = (await PassAsync()).Changes().First(change => change.Record.Kind == "worker");
        await Region.PutAsync(
            People.Worker(1), Consents.Of(Consents.Withdrawn(3), Consents.Withdrawn(4, Insurance)), key.Id);
        await PassAsync();
        var head = (await City.Store.GetStatusAsync(default)).Head;
        await City.Store.PurgeAsync(head, Time.GetUtcNow().AddDays(1), default);

        // As a giver would that was set back and stamped it anew.
        old.Record.Version.Clock = (ulong)Time.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds() << 16;
        var sink = City.Flows(Agreement).Sink(Region.Id);
        var cursor = await sink.AppliedAsync(default);
        var ack = await sink.ApplyAsync(new SyncBatch { From = cursor, To = cursor, Changes = { old } }, default);

        Assert.Equal((0u, 1u), (ack.AppliedCount, ack.SkippedCount));
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_purpose_that_shows_nothing_more_is_told_all_the_same()
    {
        var phone = new FieldRule { Number = Worker.PhoneFieldNumber, Mask = Mask.Phone };
        Agreement.Flows[2].Kinds.Clear();
        Agreement.Flows[2].Kinds.Add(new KindRule { Kind = "worker", Gate = Gate.All, Fields = { phone } });
        Agreement.Flows[0].Kinds[0].Fields.Clear();
        Agreement.Flows[0].Kinds[0].Fields.Add(phone);
        var key = await Region.PutAsync(People.Worker(1), FlowNode.Duty);
        await PassAsync();
        Assert.Equal("insurance", (await RowAsync(key)).Purposes);

        await Region.ReferAsync(key, City.Id);
        await PassAsync();

        Assert.Equal("placement\ninsurance", (await RowAsync(key)).Purposes);
        Assert.Equal(("city+insurance:1", 2u), ((await City.FindAsync(key))!.Projection.Name, (await RowAsync(key)).Revision));
    }

    [Fact]
    public async Task A_restored_home_learns_from_its_partner_that_one_purpose_was_withdrawn()
    {
        var (key, _) = await ReferAsync(Consents.Of(Consents.Given(1), Consents.Given(2, Insurance)));
        await PassAsync();
        var older = (await Region.Store.GetAsync(key, default))!;
        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(3, Insurance)), key.Id);
        await PassAsync();
        var narrowed = (await City.FindAsync(key))!;

        // What the backup has is the older version, with both consents.
        await Region.Store.BeginEpochAsync(default);
        Time.Advance(TimeSpan.FromSeconds(1));
        narrowed.Version.Clock = (ulong)Time.GetUtcNow().ToUnixTimeMilliseconds() << 16;
        await Region.Store.CommitAsync(new Commit { Puts = [Again(older)] }, default);
        var cursor = new FeedCursor { Epoch = City.Store.Epoch.ToString() };
        var given = new SyncChange { Returned = new ReturnedRecord { Record = narrowed } };
        await Region.Flows(Agreement).Sink(City.Id).ApplyAsync(
            new SyncBatch { From = cursor, To = cursor, Changes = { given } }, default);

        var consents = (await Region.FindAsync(key))!.LegalBasis.Consents;
        Assert.Contains(consents, consent => consent is { Version: 3, Purpose: Insurance, Withdrawn: true });
        await PassAsync();
        Assert.Equal("王***", (await City.FindAsync<Worker>(key))!.Name);
    }

    [Fact]
    public async Task A_consent_to_the_node_before_counts_for_its_successor_until_it_is_withdrawn_toward_either()
    {
        Agreement.Successions.Add(
            new AgreementSuccession { ByNode = City.Id, Node = "shilong", AgreementId = "zhaotong-shilong" });
        var before = new Consent { Version = 1, RecipientNode = "shilong", Purpose = "placement" };
        var key = await Region.PutAsync(People.Worker(1), Consents.Of(before));
        var referral = await Region.ReferAsync(key, "shilong");

        await PassAsync();
        Assert.Equal(("city:1", "王***"), await ShownAsync(key));
        Assert.Equal(("K1206", ""), await EventAsync(referral));

        await Region.PutAsync(People.Worker(1), Consents.Of(Consents.Withdrawn(2)), key.Id);
        await PassAsync();
        Assert.Null(await City.FindAsync(key));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_agreed_to_and_withdrawn_both_hold_the_same_and_no_more_than_that(int seed)
    {
        var random = new Random(seed);
        var workers = new List<(RecordKey Key, Dictionary<string, bool> Agreed)>();
        ulong version = 0;
        for (var step = 0; step < 80; step++)
        {
            switch (random.Next(4))
            {
                case 0 when workers.Count < 8:
                    workers.Add((await Region.PutAsync(People.Worker(workers.Count), Consents.Of()), []));
                    break;
                case 1 when workers.Count > 0:
                    await Region.ReferAsync(workers[random.Next(workers.Count)].Key, City.Id);
                    break;
                case 2 when workers.Count > 0:
                    var i = random.Next(workers.Count);
                    var purpose = random.Next(2) == 0 ? "placement" : Insurance;
                    var isGiven = random.Next(2) == 0;
                    workers[i].Agreed[purpose] = isGiven;
                    var word = isGiven ? Consents.Given(++version, purpose) : Consents.Withdrawn(++version, purpose);
                    await Region.PutAsync(People.Worker(i), Consents.Of(word), workers[i].Key.Id);
                    break;
                case 3:
                    await PassAsync();
                    break;
            }
        }

        await PassAsync();
        foreach (var (key, agreed) in workers)
        {
            var held = await City.FindAsync<Worker>(key);
            var isInsured = agreed.GetValueOrDefault(Insurance);
            Assert.True(held is null || isInsured || agreed.GetValueOrDefault("placement"), $"Seed {seed}");
            Assert.True(held is null || held.Name.Contains('*', StringComparison.Ordinal) != isInsured, $"Seed {seed}");
        }

        Assert.Equal(0ul, (await Region.Flows(Agreement).Source(City.Id).RecountAsync(default)).Mended.Count);
    }

    private async Task<(RecordKey Worker, RecordKey Referral)> ReferAsync(LegalBasis basis)
    {
        var key = await Region.PutAsync(People.Worker(1), basis);
        return (key, await Region.ReferAsync(key, City.Id));
    }

    private async Task<DisclosureRow> RowAsync(RecordKey key) =>
        (await DisclosureRegister.FindAsync(Region.Store, City.Id, [RecordKeyBytes.Of(key)], default))[0]!;

    private async Task<(string Projection, string Name)> ShownAsync(RecordKey key) =>
        ((await City.FindAsync(key))!.Projection.Name, (await City.FindAsync<Worker>(key))!.Name);

    private async Task<(string Batch, string Note)> EventAsync(RecordKey key)
    {
        var shown = (await City.FindAsync<PlacementEvent>(key))!;
        return (shown.TransferBatch, shown.Note);
    }

    private static RecordPut Again(StoredRecord stored) => new()
    {
        Key = stored.Key,
        Version = stored.Version,
        Envelope = stored.Envelope,
        Payload = stored.Payload,
        Keys = stored.Keys,
    };
}
