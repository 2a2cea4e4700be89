using Exchange.Node.Standards;
using Exchange.Node.Tests.Records;
using Exchange.V1;
using Xunit;

namespace Exchange.Node.Tests.Cooperation;

public sealed class DivisionRulesTests
{
    [Fact]
    public void Code_level_and_parent_belong_together()
    {
        Assert.Equal("level", Rules.Fields(Samples.Division(), d => d.Level = DivisionLevel.Township));
        Assert.Equal("parent_code", Rules.Fields(Samples.Division(), d => d.ParentCode = "53"));
        Assert.Equal("parent_code", Rules.Fields(Samples.Division(), d => d.ParentCode = ""));
        Assert.Equal("code", Rules.Fields(Samples.Division(), d => d.Code = "530630000000"));
        Assert.Equal("name", Rules.Fields(Samples.Division(), d => d.Name = ""));
    }

    [Fact]
    public void A_division_ends_after_it_began() =>
        Assert.Equal(
            "valid_to_date", Rules.Fields(Samples.Division(), d => d.ValidToDate = Samples.Date(2001, 7, 31)));

    [Fact]
    public void Something_else_takes_over()
    {
        Assert.Equal("successor_codes[0]", Rules.Fields(Samples.Division(), d => d.SuccessorCodes[0] = "530630"));
        Assert.Equal("successor_codes[1]", Rules.Fields(Samples.Division(), d => d.SuccessorCodes.Add("530681000")));
    }

    [Fact]
    public void Every_division_of_the_table_is_accepted_as_a_record() =>
        Assert.All(Divisions.All, division => Assert.Empty(Rules.Of(new Division
        {
            Code = division.Code,
            Name = division.Name,
            Level = division.Level,
            ParentCode = Divisions.ParentOf(division.Code),
        })));
}
