using System.Globalization;
using CsvHelper;
using Exchange.Node.Tests.Imports;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Records;

/// <summary>
/// Holds the forms of codes against the public lists, where those are at hand: none of their codes is refused.
/// </summary>
public sealed class SharedCodesTests
{
    [SkippableTheory]
    [InlineData("reference/csco-2022-occupations.csv", "code", "CSCO-2022", 2_047)]
    [InlineData("reference/isco08-major-submajor.csv", "code", "ISCO-08", 53)]
    [InlineData("open/h2b-job-orders-fy2018.csv", "soc_code", "SOC", 100)]
    [InlineData("open/h2b-job-orders-fy2019.csv", "soc_code", "SOC", 100)]
    public void Every_occupation_code_is_accepted(string file, string column, string system, int least)
    {
        var codes = Column(file, column).Where(code => code.Length > 0).Distinct().ToList();

        Assert.True(codes.Count >= least, $"{codes.Count} codes.");
        Assert.All(codes, code =>
        {
            var vacancy = Samples.Vacancy();
            vacancy.Occupation = new Occupation { System = system, Code = code };
            Assert.Empty(Rules.Of(vacancy));
        });
    }

    [SkippableFact]
    public void Every_people_and_every_schooling_is_accepted()
    {
        const string File = "reference/gb-small-code-tables.csv";
        var rows = Column(File, "standard").Zip(Column(File, "code")).ToLookup(row => row.First, row => row.Second);

        Assert.Equal((56, 40), (rows["GB/T 3304-1991"].Count(), rows["GB/T 4658-2006"].Count()));
        Assert.All(rows["GB/T 3304-1991"], code =>
            Assert.Equal("", Rules.Fields(Samples.Worker(), worker => worker.EthnicityCode = code)));
        Assert.All(rows["GB/T 4658-2006"], code =>
            Assert.Equal("", Rules.Fields(Samples.Worker(), worker => worker.Schooling.Code = code)));
    }

    private static List<string> Column(string file, string name)
    {
        using var csv = new CsvReader(new StreamReader(SharedData.Path(file)), CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var values = new List<string>();
        while (csv.Read())
        {
            values.Add(csv.GetField(name) ?? "");
        }

        return values;
    }
}
