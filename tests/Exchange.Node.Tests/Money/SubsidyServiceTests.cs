using Exchange.Node.Money;
using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Grpc.Core;
using Xunit;
using SubsidyService = Exchange.V1.SubsidyService;

namespace Exchange.Node.Tests.Money;

/// <summary>Eligibility explains itself rule by rule, and payments are checked over both sides.</summary>
public sealed class SubsidyServiceTests : IAsyncLifetime
{
    private static readonly Google.Type.Date Stay = Samples.Date(2018, 6, 10);

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.StartAsync("zhaotong");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    private SubsidyService.SubsidyServiceClient Subsidies => new(_node.Channel);

    [Fact]
    public async Task Whoever_meets_every_rule_is_paid_the_first_tier_that_fits()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        await placed.HappenAsync(PlacementEventType.Checked3Months, Stay);

        var three = await ExplainAsync(placed);
        await placed.HappenAsync(PlacementEventType.Checked6Months, Samples.Date(2018, 9, 10));
        var six = await ExplainAsync(placed);

        Assert.All(three.Rules, rule => Assert.Equal(RuleVerdict.Met, rule.Verdict));
        Assert.Equal(
            (RuleVerdict.Met, 100_000, 2, DestinationClass.OutOfProvince, Stay),
            (three.Verdict, three.AmountFen, three.TierNumber, three.Destination, three.ConditionMetDate));
        Assert.Equal((200_000, 1), (six.AmountFen, six.TierNumber));
        Assert.Equal(9, three.Rules.Select(rule => rule.Rule).Distinct().Count());
    }

    [Theory]
    [InlineData("to_date", EligibilityRule.Period)]
    [InlineData("region", EligibilityRule.Region)]
    [InlineData("card", EligibilityRule.CardHolder)]
    [InlineData("age", EligibilityRule.Age)]
    [InlineData("work", EligibilityRule.Destination)]
    [InlineData("late", EligibilityRule.ClaimedInTime)]
    public async Task The_one_rule_that_is_not_met_is_named(string what, EligibilityRule failing)
    {
        var policy = PlacedWorker.Policy();
        policy.ToDate = what == "to_date" ? Samples.Date(2018, 3, 9) : policy.ToDate;
        policy.WorkPlace = what == "work" ? Samples.Place("4420", "中山市") : null;
        var placed = await PlacedWorker.PutAsync(_node, worker =>
        {
            worker.RegisteredPlace = what == "region" ? Samples.Place("530627", "镇雄县") : worker.RegisteredPlace;
            worker.BirthDate = what == "age" ? Samples.Date(2002, 3, 11) : worker.BirthDate;
            if (what == "card")
            {
                worker.CardStatusHistory.Clear();
            }
        });
        await placed.HappenAsync(PlacementEventType.Checked3Months, Stay);

        var explained = await ExplainAsync(
            placed, policy, what == "late" ? Samples.Date(2018, 12, 11) : Samples.Date(2018, 12, 10));

        Assert.Equal((RuleVerdict.NotMet, 0), (explained.Verdict, explained.AmountFen));
        Assert.Contains(failing, Failing(explained));
        Assert.Empty(Failing(explained).Except([failing, EligibilityRule.Stay]));
    }

    [Theory]
    [InlineData("530629", 1, 12, RuleVerdict.Met)]
    [InlineData("530629", 4, 12, RuleVerdict.NotMet)]
    [InlineData("530629", 1, 2, RuleVerdict.NotMet)]
    [InlineData("530627", 1, 12, RuleVerdict.NotMet)]
    [InlineData("530629101001", 1, 12, RuleVerdict.Unknown)]
    public async Task A_policy_that_is_piloted_is_for_counties_that_were_switched_on(
        string county, int month, int last, RuleVerdict verdict)
    {
        var policy = PlacedWorker.Policy();
        policy.Place = Samples.Place("5306", "昭通市");
        policy.PilotDivisions.Add(new PilotDivision
        {
            DivisionCode = county,
            FromDate = Samples.Date(2018, month, 1),
            ToDate = Samples.Date(2018, last, 28),
        });
        var placed = await PlacedWorker.PutAsync(_node);
        await placed.HappenAsync(PlacementEventType.Checked3Months, Stay);

        var region = (await ExplainAsync(placed, policy)).Rules.Single(rule => rule.Rule == EligibilityRule.Region);

        Assert.Equal(verdict, region.Verdict);
    }

    [Fact]
    public async Task Without_a_check_since_work_began_the_stay_is_not_met()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        Assert.Equal([EligibilityRule.Stay], Failing(await ExplainAsync(placed)));

        await placed.HappenAsync(PlacementEventType.Checked3Months, Stay);
        await placed.HappenAsync(PlacementEventType.ReturnedHome, Samples.Date(2018, 7, 1));
        await placed.HappenAsync(PlacementEventType.RePlaced, Samples.Date(2018, 8, 1));

        Assert.Equal([EligibilityRule.Stay], Failing(await ExplainAsync(placed)));
    }

    [Fact]
    public async Task A_check_before_its_calendar_months_are_over_is_disputed_and_pays_nothing()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        await placed.HappenAsync(PlacementEventType.Checked3Months, Samples.Date(2018, 6, 9));

        Assert.Equal([EligibilityRule.Undisputed], Failing(await ExplainAsync(placed)));
    }

    [Fact]
    public async Task What_was_paid_by_either_side_under_another_version_counts()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        await placed.HappenAsync(PlacementEventType.Checked3Months, Stay);
        var older = PlacedWorker.Policy();
        older.Version = "2017-1";
        var policy = await placed.PutAsync("subsidy_policy", older);
        await placed.PutAsync("subsidy_payment", placed.Payment(policy, year: 2017));
        Assert.Empty(Failing(await ExplainAsync(placed)));

        var returned = placed.Payment(policy);
        (returned.State, returned.ReturnWords) = (PaymentState.Returned, "账户已销户");
        await placed.PutAsync("subsidy_payment", returned);
        Assert.Empty(Failing(await ExplainAsync(placed)));

        await placed.PutAsync("subsidy_payment", placed.Payment(policy));
        Assert.Equal([EligibilityRule.NotPaid], Failing(await ExplainAsync(placed)));
    }

    [Fact]
    public async Task Where_the_node_does_not_know_it_says_so()
    {
        var placed = await PlacedWorker.PutAsync(_node, worker => worker.RegisteredPlace = null);
        await placed.HappenAsync(PlacementEventType.Checked3Months, Stay);

        var explained = await ExplainAsync(placed);

        Assert.Equal((RuleVerdict.Unknown, 0), (explained.Verdict, explained.AmountFen));
        Assert.Contains(
            EligibilityRule.Region, explained.Rules.Where(r => r.Verdict == RuleVerdict.Unknown).Select(r => r.Rule));
    }

    [Fact]
    public async Task Payments_that_are_double_or_too_high_and_batches_that_do_not_add_up_are_found()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        var policy = await placed.PutAsync("subsidy_policy", PlacedWorker.Policy());
        var batch = await placed.PutAsync("payment_batch", Batch(count: 2, fen: 300_000));
        var good = placed.Payment(policy);
        good.PaymentBatchId = batch;
        var first = await placed.PutAsync("subsidy_payment", good);
        Assert.Equal([PaymentFinding.BatchDiffers], (await CheckAsync()).Select(found => found.Finding));

        var high = placed.Payment(policy, 200_001, year: 2019);
        var above = await placed.PutAsync("subsidy_payment", high);
        var twice = placed.Payment(policy, 200_000);
        (twice.PaymentBatchId, twice.PlacementId) = (batch, "");
        var second = await placed.PutAsync("subsidy_payment", twice);
        var lost = await placed.PutAsync("subsidy_payment", placed.Payment(Samples.Id, year: 2020));

        var found = (await CheckAsync()).ToDictionary(one => one.Finding);
        Assert.Equal([first, second], found[PaymentFinding.Duplicate].SubsidyPaymentIds.Order(StringComparer.Ordinal));
        Assert.Equal([above], found[PaymentFinding.AboveTiers].SubsidyPaymentIds);
        Assert.Equal([lost], found[PaymentFinding.PolicyUnknown].SubsidyPaymentIds);
        Assert.False(found.ContainsKey(PaymentFinding.BatchDiffers));
        Assert.Equal([PaymentFinding.AboveTiers], (await CheckAsync(2019)).Select(one => one.Finding));
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_no_date_is_refused()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        var unknown = await Assert.ThrowsAsync<RpcException>(async () => await Subsidies.ExplainEligibilityAsync(
            new ExplainEligibilityRequest { SubsidyPolicyId = Samples.Id, PlacementId = placed.Placement }));
        var day = await Assert.ThrowsAsync<RpcException>(
            () => ExplainAsync(placed, date: Samples.Date(2018, 2, 30)));
        var year = await Assert.ThrowsAsync<RpcException>(() => CheckAsync(-1));

        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal((StatusCode.InvalidArgument, StatusCode.InvalidArgument), (day.StatusCode, year.StatusCode));
    }

    [Fact]
    public async Task Whoever_reaches_another_county_alone_learns_nothing()
    {
        var placed = await PlacedWorker.PutAsync(_node);
        var policy = await placed.PutAsync("subsidy_policy", PlacedWorker.Policy());
        var request = new ExplainEligibilityRequest { SubsidyPolicyId = policy, PlacementId = placed.Placement };
        var own = new SubsidyService.SubsidyServiceClient(await PlacedWorker.ReaderOfAsync(_node, "530629"));
        var other = new SubsidyService.SubsidyServiceClient(await PlacedWorker.ReaderOfAsync(_node, "530627"));

        Assert.Equal(9, (await own.ExplainEligibilityAsync(request)).Rules.Count);
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await other.ExplainEligibilityAsync(request));
        using var check = own.CheckPayments(new CheckPaymentsRequest());
        var part = await Assert.ThrowsAsync<RpcException>(async () => await check.ResponseStream.ReadAllAsync().ToListAsync());

        Assert.Equal(
            (StatusCode.PermissionDenied, StatusCode.PermissionDenied), (refused.StatusCode, part.StatusCode));
    }

    [Theory]
    [InlineData("530629", "530629101", DestinationClass.InCounty)]
    [InlineData("532130", "530629101", DestinationClass.InCounty)]
    [InlineData("530630", "530681", DestinationClass.InCounty)]
    [InlineData("530629", "530627", DestinationClass.InProvince)]
    [InlineData("530629", "5301", DestinationClass.InProvince)]
    [InlineData("530629", "441900118", DestinationClass.OutOfProvince)]
    [InlineData("530629", "44", DestinationClass.OutOfProvince)]
    [InlineData("530629", "81", DestinationClass.Abroad)]
    [InlineData("530629", "53", DestinationClass.Unspecified)]
    [InlineData("530629", "5306", DestinationClass.Unspecified)]
    [InlineData("530629", "", DestinationClass.Unspecified)]
    public void A_destination_is_told_by_codes(string home, string work, DestinationClass expected) =>
        Assert.Equal(expected, Destinations.Of(home, work));

    private static PaymentBatch Batch(int count, long fen) => new()
    {
        Number = "2018-07",
        Place = Samples.Place("530629", "威信县"),
        PaymentCount = count,
        TotalFen = fen,
        State = PaymentBatchState.Settled,
        StateDate = Samples.Date(2018, 7, 1),
    };

    private static IEnumerable<EligibilityRule> Failing(ExplainEligibilityResponse explained) =>
        explained.Rules.Where(rule => rule.Verdict == RuleVerdict.NotMet).Select(rule => rule.Rule);

    private async Task<ExplainEligibilityResponse> ExplainAsync(
        PlacedWorker placed, SubsidyPolicy? policy = null, Google.Type.Date? date = null) =>
        await Subsidies.ExplainEligibilityAsync(new ExplainEligibilityRequest
        {
            SubsidyPolicyId = await placed.PutAsync("subsidy_policy", policy ?? PlacedWorker.Policy()),
            PlacementId = placed.Placement,
            Date = date ?? Samples.Date(2018, 10, 1),
        });

    private async Task<List<CheckPaymentsResponse>> CheckAsync(int year = 0)
    {
        using var call = Subsidies.CheckPayments(new CheckPaymentsRequest { ForYear = year });
        return await call.ResponseStream.ReadAllAsync().ToListAsync();
    }
}
