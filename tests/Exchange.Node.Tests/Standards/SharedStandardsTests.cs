using Exchange.Node.Standards;
using Exchange.Node.Tests.Imports;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Standards;

/// <summary>Holds the built-in tables against the lists that they were made from, where those are at hand.</summary>
public sealed class SharedStandardsTests
{
    [SkippableTheory]
    [InlineData("reference/divisions-1-province.csv", DivisionLevel.Province, 31)]
    [InlineData("reference/divisions-2-prefecture.csv", DivisionLevel.Prefecture, 342)]
    [InlineData("reference/divisions-3-county.csv", DivisionLevel.County, 2_978)]
    [InlineData("reference/divisions-4-township.csv", DivisionLevel.Township, 41_352)]
    [InlineData("reference/divisions-5-village-zhaotong-dongguan-zhongshan.csv", DivisionLevel.Village, 2_298)]
    public void Every_code_of_the_lists_is_read_at_its_level(string file, DivisionLevel level, int count)
    {
        var codes = Rows(file).Select(row => row[0]).ToList();

        Assert.Equal(count, codes.Count);
        Assert.All(codes.Where(code => !IsPlaceholder(code)), code =>
        {
            Assert.True(Divisions.TryNormalise(code.PadRight(12, '0'), out var normal));
            Assert.Equal((code, level), (normal, Divisions.LevelOf(normal)));
        });
    }

    [SkippableFact]
    public void The_table_of_divisions_has_exactly_the_codes_and_names_of_the_lists()
    {
        string[] detailed = ["5306", "4419", "4420"];
        var expected = Rows("reference/divisions-1-province.csv")
            .Concat(Rows("reference/divisions-2-prefecture.csv"))
            .Concat(Rows("reference/divisions-3-county.csv"))
            .Concat(Rows("reference/divisions-4-township.csv").Where(row => detailed.Contains(row[0][..4])))
            .Where(row => !IsPlaceholder(row[0]))
            .Select(row => (row[0], row[1]));

        var table = Divisions.All
            .Where(division => division.Code is not ("71" or "81" or "82"))
            .Select(division => (division.Code, division.Name));

        Assert.Equal(expected.Order(), table.Order());
    }

    [SkippableFact]
    public void The_table_of_places_has_every_code_from_1980_to_2019()
    {
        var codes = Rows("reference/gb2260-history-1980-2019.csv").Select(row => row[0]).Distinct().ToList();

        Assert.Equal(6_576, codes.Count);
        Assert.All(codes, code => Assert.True(PlaceCodes.EverExisted(code), code));
        Assert.False(PlaceCodes.EverExisted("530699"));
    }

    // Cities without counties stand in the list of counties once more, and one island in that of townships.
    private static bool IsPlaceholder(string code) =>
        (code.Length == 6 && code.EndsWith("00", StringComparison.Ordinal))
        || (code.Length == 9 && code.EndsWith("000", StringComparison.Ordinal));

    private static IEnumerable<string[]> Rows(string file) =>
        File.ReadLines(SharedData.Path(file)).Skip(1).Select(line => line.Replace("\"", "").Split(','));
}
