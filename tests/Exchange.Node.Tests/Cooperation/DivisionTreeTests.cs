using Exchange.Node.Tests.Records;
using Exchange.Testing;
using Exchange.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Xunit;
using Record = Exchange.V1.Record;

namespace Exchange.Node.Tests.Cooperation;

/// <summary>Old codes, cities without counties, and what an operator adds to the tree of 2022.</summary>
public sealed class DivisionTreeTests : IAsyncLifetime
{
    private TestNode _node = null!;

    private DivisionService.DivisionServiceClient Divisions => new(_node.Channel);

    public async Task InitializeAsync() => _node = await TestNode.StartAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("532128", "镇雄县", "云南省昭通地区镇雄县", "530627")]
    [InlineData("530627000000", "镇雄县", "云南省昭通市镇雄县", "530627")]
    [InlineData("532131", "水富县", "云南省昭通地区水富县", "530681")]
    [InlineData("530630", "水富县", "云南省昭通市水富县", "530681")]
    [InlineData("532121", "昭通县", "云南省昭通地区昭通县", "530602")]
    [InlineData("442527", "东莞县", "", "4419")]
    [InlineData("442630", "中山县", "", "4420")]
    [InlineData("441900118", "大岭山镇", "广东省东莞市大岭山镇", "441900118")]
    public async Task A_code_is_followed_to_what_has_its_place_now(
        string code, string name, string fullName, string current)
    {
        var found = await FindAsync(code);

        Assert.Equal(name, found.Divisions[0].Name);
        Assert.Equal([current], found.Current.Select(division => division.Code));
        if (fullName.Length > 0)
        {
            Assert.Equal(fullName, found.FullName);
        }
    }

    [Fact]
    public async Task Words_that_name_nothing_arent_told_back()
    {
        var unknown = await Assert.ThrowsAsync<RpcException>(
            async () => await Divisions.FindDivisionAsync(new FindDivisionRequest { Words = "王小明家隔壁" }));
        var tooLong = await Assert.ThrowsAsync<RpcException>(
            async () => await Divisions.FindDivisionAsync(new FindDivisionRequest { Words = new string('镇', 101) }));

        Assert.Equal("ERROR_REASON_RECORD_NOT_FOUND", unknown.Reason());
        Assert.DoesNotContain("王小明", unknown.ToString(), StringComparison.Ordinal);
        Assert.Equal("ERROR_REASON_FIELD_INVALID", tooLong.Reason());
    }

    [Fact]
    public async Task A_code_that_was_given_twice_is_told_twice_newest_first() =>
        Assert.Equal(["台山市", "中山市"], (await FindAsync("449002")).Divisions.Select(division => division.Name));

    [Fact]
    public async Task The_counties_of_a_day_are_those_of_its_lists()
    {
        Assert.Equal(11, (await BelowAsync("5306")).Count);
        Assert.Equal("水富市", (await BelowAsync("5306"))[^1].Name);
        Assert.Equal(
            ["昭通市", "水富县"],
            (await BelowAsync("5321", Samples.Date(1999, 6, 1))).Select(d => d.Name).Where(n => n is "昭通市" or "水富县"));
        Assert.Empty(await BelowAsync("5321"));
        Assert.Contains((await BelowAsync("441900")), division => division.Code == "441900118");
    }

    [Fact]
    public async Task What_an_operator_writes_takes_the_place_of_what_is_built_in()
    {
        await PutAsync(new Division
        {
            Code = "530627",
            Name = "镇雄县",
            Level = DivisionLevel.County,
            ParentCode = "5306",
            ValidToDate = Samples.Date(2025, 12, 31),
            SuccessorCodes = { "530682", "530683" },
        });
        await PutAsync(new Division
        {
            Code = "530682",
            Name = "镇雄市",
            Level = DivisionLevel.County,
            ParentCode = "5306",
            ValidFromDate = Samples.Date(2026, 1, 1),
        });

        Assert.Equal(["镇雄市"], (await FindAsync("532128")).Current.Select(division => division.Name));
        Assert.Contains(await BelowAsync("5306"), division => division.Code == "530682");
        Assert.DoesNotContain(await BelowAsync("5306"), division => division.Code == "530627");
        Assert.Contains(
            await BelowAsync("5306", Samples.Date(2025, 12, 31)), division => division.Code == "530627");
    }

    [Fact]
    public async Task Successors_in_a_circle_come_to_an_end()
    {
        foreach (var (code, other) in new[] { ("530691", "530692"), ("530692", "530691") })
        {
            await PutAsync(new Division
            {
                Code = code,
                Name = "甲",
                Level = DivisionLevel.County,
                ParentCode = "5306",
                ValidToDate = Samples.Date(2020, 1, 1),
                SuccessorCodes = { other },
            });
        }

        Assert.Empty((await FindAsync("530691")).Current);
    }

    [Fact]
    public async Task What_is_no_code_and_what_nobody_knows_is_refused()
    {
        var bad = await Assert.ThrowsAsync<RpcException>(() => FindAsync("53062"));
        var unknown = await Assert.ThrowsAsync<RpcException>(() => FindAsync("990000"));
        var day = await Assert.ThrowsAsync<RpcException>(() => BelowAsync("5306", Samples.Date(2026, 2, 30)));

        Assert.Equal(StatusCode.InvalidArgument, bad.StatusCode);
        Assert.Equal(StatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(StatusCode.InvalidArgument, day.StatusCode);
    }

    private async Task<FindDivisionResponse> FindAsync(string code) =>
        await Divisions.FindDivisionAsync(new FindDivisionRequest { Code = code });

    private async Task<IReadOnlyList<Division>> BelowAsync(string code, Google.Type.Date? date = null) =>
        (await Divisions.ListChildDivisionsAsync(new ListChildDivisionsRequest { Code = code, Date = date })).Divisions;

    private async Task PutAsync(Division division)
    {
        var item = new PutRecordItem { Record = new Record { Kind = "division", Payload = Any.Pack(division) } };
        var response = await _node.Records.BatchPutRecordsAsync(new BatchPutRecordsRequest { Items = { item } });
        Assert.Null(response.Answers[0].Error);
    }
}
