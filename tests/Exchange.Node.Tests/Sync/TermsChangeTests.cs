using Exchange.Node.Tests.Agreements;
using Exchange.V1;
using Google.Type;
using Xunit;

namespace Exchange.Node.Tests.Sync;

/// <summary>What the cursor has passed follows when the agreement, or the peer's memory, changes.</summary>
public sealed class TermsChangeTests : FlowTests
{
    [Fact]
    public async Task A_new_version_with_fewer_fields_sends_poorer_views_of_what_was_sent()
    {
        var key = await SendWorkerAsync(1);
        Agreement = SampleAgreements.City(version: 2);
        Remove(Agreement, "worker", Worker.PhoneFieldNumber);

        await PassAsync();

        var record = await City.FindAsync(key);
        Assert.Equal(("city:2", 2u), (record!.Projection.Name, record.Projection.Revision));
        Assert.Empty((await City.FindAsync<Worker>(key))!.Phone);
        Assert.Empty((await PassAsync()).Changes());
    }

    [Fact]
    public async Task A_new_version_with_the_same_fields_sends_nothing_again()
    {
        await SendWorkerAsync(1);
        Agreement = SampleAgreements.City(version: 2);

        Assert.Empty((await PassAsync()).Changes());
    }

    [Fact]
    public async Task A_kind_that_is_dropped_is_taken_back()
    {
        var key = await SendWorkerAsync(1);
        Agreement = SampleAgreements.City(version: 2);
        Agreement.Flows[0].Kinds.Remove(Agreement.Flows[0].Kinds.Single(rule => rule.Kind == "worker"));

        var removal = Assert.Single((await PassAsync()).Changes()).Removal;

        Assert.Equal(RemovalReason.LeftScope, removal.Reason);
        Assert.Null(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_kind_that_is_added_is_filled_up_from_behind_the_cursor()
    {
        var employer = await City.PutAsync(new Employer { Name = "东莞市某某鞋业有限公司" });
        var rule = Agreement.Flows[1].Kinds.Single(kind => kind.Kind == "employer");
        Agreement.Flows[1].Kinds.Remove(rule);
        await City.PutAsync(People.Vacancy(1));
        await PassBackAsync();
        Assert.Null(await Region.FindAsync(employer));

        Agreement = SampleAgreements.City(version: 2);
        var batches = await PassBackAsync();

        Assert.NotNull(await Region.FindAsync(employer));
        Assert.Single(batches.Changes());
    }

    [Fact]
    public async Task A_pair_of_divisions_that_ends_takes_back_what_only_it_let_through()
    {
        Agreement = Paired(out var ending);
        ending.ValidToDate = new Date { Year = 2026, Month = 3, Day = 31 };
        var inPair = await Region.PutAsync(People.Worker(1, "530627101203"), FlowNode.Duty);
        var inOther = await Region.PutAsync(People.Worker(2, "530621"), FlowNode.Duty);
        var outside = await Region.PutAsync(People.Worker(3, "530630"), FlowNode.Duty);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(inPair));
        Assert.NotNull(await City.FindAsync(inOther));
        Assert.Null(await City.FindAsync(outside));

        Time.Advance(TimeSpan.FromDays(60));
        await PassAsync();

        Assert.Null(await City.FindAsync(inPair));
        Assert.NotNull(await City.FindAsync(inOther));
    }

    [Fact]
    public async Task A_worker_who_moves_out_of_the_paired_county_is_taken_back_and_returns_with_it()
    {
        Agreement = Paired(out _);
        var key = await Region.PutAsync(People.Worker(1, "530627"), FlowNode.Duty);
        await PassAsync();

        await Region.PutAsync(People.Worker(1, "530630"), id: key.Id);
        Assert.Equal(RemovalReason.LeftScope, Assert.Single((await PassAsync()).Changes()).Removal.Reason);
        Assert.Null(await City.FindAsync(key));

        await Region.PutAsync(People.Worker(1, "530621101"), id: key.Id);
        await PassAsync();
        Assert.NotNull(await City.FindAsync(key));
    }

    [Fact]
    public async Task A_sweep_that_is_cut_goes_on_where_it_was_acknowledged()
    {
        for (var number = 0; number < 2500; number++)
        {
            await City.PutAsync(People.Vacancy(number));
        }

        await PassBackAsync();
        Agreement = SampleAgreements.City(version: 2);
        Remove(Agreement, "vacancy", Vacancy.TitleFieldNumber);
        var cursor = await Region.Flows(Agreement).Sink(City.Id).AppliedAsync(default);
        var lost = await City.Flows(Agreement).Source(Region.Id).ReadAsync(cursor, default);
        Assert.Equal(1000, lost.Changes.Count);

        var batches = await PassBackAsync();

        Assert.Equal(2500, batches.Changes().Count);
        Assert.Equal(2500, batches.Changes().Select(change => change.Record.Id).Distinct().Count());
    }

    private async Task<Store.RecordKey> SendWorkerAsync(int number)
    {
        var key = await Region.PutAsync(People.Worker(number), FlowNode.Duty);
        await Region.ReferAsync(key, City.Id);
        await PassAsync();
        return key;
    }

    private static Agreement Paired(out DivisionPair first)
    {
        var agreement = SampleAgreements.City();
        agreement.Flows[0].Kinds[0].Gate = Gate.All;
        first = new DivisionPair { FromCode = "530627", ToCode = "441900118" };
        agreement.Flows[0].DivisionPairs.Add(first);
        agreement.Flows[0].DivisionPairs.Add(new DivisionPair { FromCode = "530621", ToCode = "441900004" });
        return agreement;
    }

    private static void Remove(Agreement agreement, string kind, int field)
    {
        var rule = agreement.Flows.SelectMany(flow => flow.Kinds).Single(found => found.Kind == kind);
        rule.Fields.Remove(rule.Fields.Single(found => found.Number == field));
    }
}
