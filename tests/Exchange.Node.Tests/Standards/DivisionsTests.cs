using Exchange.Node.Standards;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Standards;

public sealed class DivisionsTests
{
    [Theory]
    [InlineData("530627000000", "530627")]
    [InlineData("530600", "5306")]
    [InlineData("530000000000", "53")]
    [InlineData("53", "53")]
    [InlineData("530627101", "530627101")]
    [InlineData("530627101000", "530627101")]
    [InlineData("530627101203", "530627101203")]
    [InlineData("441900118000", "441900118")]
    [InlineData("441900", "4419")]
    [InlineData("４４１９００", "4419")]
    [InlineData(" 100000 ", "10")]
    public void Padding_zeros_are_dropped(string text, string code)
    {
        Assert.True(Divisions.TryNormalise(text, out var normal));
        Assert.Equal(code, normal);
        Assert.True(Divisions.IsNormal(normal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("53062")]
    [InlineData("5306271")]
    [InlineData("53O627")]
    [InlineData("000000")]
    [InlineData("5306270000000")]
    public void What_is_no_code_is_refused(string text)
    {
        Assert.False(Divisions.TryNormalise(text, out var normal));
        Assert.Equal("", normal);
    }

    [Theory]
    [InlineData("53", DivisionLevel.Province, "")]
    [InlineData("5306", DivisionLevel.Prefecture, "53")]
    [InlineData("530627", DivisionLevel.County, "5306")]
    [InlineData("530627101", DivisionLevel.Township, "530627")]
    [InlineData("530627101203", DivisionLevel.Village, "530627101")]
    [InlineData("441900118", DivisionLevel.Township, "4419")]
    [InlineData("442000100001", DivisionLevel.Village, "442000100")]
    public void Level_and_parent_follow_from_the_code(string code, DivisionLevel level, string parent)
    {
        Assert.Equal(level, Divisions.LevelOf(code));
        Assert.Equal(parent, Divisions.ParentOf(code));
    }

    [Fact]
    public void Zhaotong_has_11_counties_with_150_townships()
    {
        var counties = Divisions.ChildrenOf("5306").ToList();

        Assert.Equal(
            ["昭阳区", "鲁甸县", "巧家县", "盐津县", "大关县", "永善县", "绥江县", "镇雄县", "彝良县", "威信县", "水富市"],
            counties.Select(county => county.Name));
        Assert.Equal(
            [20, 13, 17, 10, 9, 16, 5, 30, 16, 10, 4],
            counties.Select(county => Divisions.ChildrenOf(county.Code).Count()));
    }

    [Fact]
    public void Dongguan_and_Zhongshan_have_towns_right_below_the_city()
    {
        Assert.Equal((36, 23), (Divisions.ChildrenOf("4419").Count(), Divisions.ChildrenOf("4420").Count()));
        Assert.All(Divisions.ChildrenOf("4419"), town => Assert.Equal(DivisionLevel.Township, town.Level));
    }

    [Fact]
    public void China_has_34_provinces_in_the_order_of_their_codes()
    {
        var provinces = Divisions.ChildrenOf("").Select(province => province.Name).ToList();

        Assert.Equal(34, provinces.Count);
        Assert.Equal(["北京市", "天津市"], provinces[..2]);
        Assert.Equal(["台湾省", "香港特别行政区", "澳门特别行政区"], provinces[^3..]);
    }

    [Fact]
    public void Names_are_found_by_code_and_codes_by_name()
    {
        Assert.Equal("大岭山镇", Divisions.Find("441900118000")?.Name);
        Assert.Null(Divisions.Find("539999"));
        Assert.Equal("441900118", Assert.Single(Divisions.FindByName("大岭山镇")).Code);
        Assert.Equal(4, Divisions.FindByName("鼓楼区").Count());
        Assert.Equal("320106", Assert.Single(Divisions.FindByName("鼓楼区", within: "3201")).Code);
        Assert.Empty(Divisions.FindByName("大岭山"));
    }

    [Theory]
    [InlineData("530627", "云南省昭通市镇雄县")]
    [InlineData("441900118", "广东省东莞市大岭山镇")]
    [InlineData("53", "云南省")]
    [InlineData("530699", "")]
    public void Full_names_begin_with_the_province(string code, string name) =>
        Assert.Equal(name, Divisions.FullName(code));

    [Fact]
    public void Every_division_but_a_province_has_one_above_it_in_the_table()
    {
        Assert.Equal(3_560, Divisions.All.Count);
        Assert.All(
            Divisions.All.Where(division => division.Level != DivisionLevel.Province),
            division => Assert.NotNull(Divisions.Find(Divisions.ParentOf(division.Code))));
    }
}
